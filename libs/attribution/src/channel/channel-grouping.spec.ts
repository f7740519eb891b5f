import { describe, expect, it } from '@jest/globals';
import { channelIn } from './channel-grouping.ts';
import { originOf, type TouchOrigin } from './origin-of.ts';
import { STANDARD_GROUPING } from './standard-grouping.ts';

const utm = (source: string | null, medium: string | null, campaign: string | null = null): TouchOrigin => ({
  ...{ utm: { source, medium, campaign }, url: null, referrer: null },
});
const from = (referrer: string | null, url: string | null = null): TouchOrigin => ({
  ...{ utm: null, url, referrer },
});

describe('A4 the standard channel grouping', () => {
  it.each([
    [utm('Google', 'CPC'), 'paid_search'],
    [utm('bing', 'ppc'), 'paid_search'],
    [utm('linkedin', 'paid-social'), 'paid_social'],
    [utm('facebook.com', 'cpc'), 'paid_social'],
    [utm('youtube', 'cpv'), 'paid_video'],
    [utm('youtube', 'video'), 'organic_video'],
    [utm('youtube', 'cpc'), 'paid_video'],
    [utm('amazon', 'cpc'), 'paid_shopping'],
    [utm('newsletter', 'display'), 'display'],
    [utm('partner', 'cpc'), 'paid_other'],
    [utm('google', 'organic'), 'organic_search'],
    [utm('hubspot', 'Email '), 'email'],
    [utm('e-mail', null), 'email'],
    [utm('lnkd.in', null), 'organic_social'],
    [utm('intranet', 'social-media'), 'organic_social'],
    [utm('blog', 'referral'), 'referral'],
    [utm('network', 'affiliate'), 'affiliates'],
    [utm('spotify', 'audio'), 'audio'],
    [utm('sms', null), 'sms'],
    [utm('app-x', 'web push'), 'mobile_push'],
    [utm('(direct)', '(none)'), 'direct'],
    [utm('Direct', null), 'direct'],
    [utm('a', 'b', 'x-cross-network-1'), 'cross_network'],
    [utm('fair', 'booth'), 'unassigned'],
    [from('https://www.google.com/search?q=x'), 'organic_search'],
    [from('https://www.linkedin.com/feed'), 'organic_social'],
    [from('https://t.co/abc'), 'organic_social'],
    [from('https://news.example.org/a'), 'referral'],
    [from(null, 'https://acme.test/?utm_source=google&utm_medium=cpc'), 'paid_search'],
    [from('https://acme.test/b', 'https://www.acme.test/a'), null],
    [from(null, 'https://acme.test/a'), null],
    [from('no address'), null],
  ])('%j is %s', (touch, channel) => {
    expect(channelIn(STANDARD_GROUPING, originOf(touch))).toBe(channel);
  });
});
