import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { opened, touch, won } from '../testing/story.ts';

let service: RunningAttribution;
const account = 'acme';
const tags = (source: string, medium: string, campaign: string | null) => ({
  utm: {
    raw: null,
    normalised: {
      ...{ source, medium, campaign, id: null, term: null, content: null },
      ...{ sourcePlatform: null, creativeFormat: null, marketingTactic: null },
    },
  },
});

beforeAll(async () => {
  service = await runningAttribution();
  await service.send(
    touch('g1', '2026-01-01', { account, ...tags('google', 'cpc', 'spring') }),
    touch('g2', '2026-01-02', { account, attributes: { referrer: 'https://www.linkedin.com/feed' } }),
    touch('g3', '2026-01-03', {
      account,
      channel: 'fair',
      ...tags('google', 'cpc', 'autumn'),
      campaign: 'c-1',
    }),
    touch('g4', '2026-01-04', { account, ...tags('(direct)', '(none)', null) }),
    touch('g5', '2026-01-05', { account }),
    opened('deal', '2026-01-06', account),
    won('deal', 2, '2026-02-01', 100_00),
  );
  await service.settled();
});
afterAll(async () => {
  await service.stop();
});

describe('A4 channel and campaign by UTM parameters and referrer', () => {
  it('are what reports tell credit apart by; what the emitter said stands', async () => {
    const by = async (group: string) => {
      const { items } = await service.get(`/v1/credit?models=linear&group=${group}`);
      return new Map(items.map((it) => [(it['key'] as Record<string, unknown>)[group], it['models']]));
    };
    const channels = await by('channel');
    expect([...channels.keys()].sort()).toEqual(['direct', 'fair', null, 'organic_social', 'paid_search']);
    expect([...(await by('campaign')).keys()].sort()).toEqual(['c-1', null, 'spring']);
    expect([...(await by('said-channel')).keys()].sort()).toEqual(['fair', null]);
  });

  it('stand beside their source and the version of the grouping, in entries and on the path', async () => {
    const { items } = await service.get('/v1/credit/entries?model=linear');
    expect(items.map((it) => [it['channel'], it['saidChannel'], it['utmSource'], it['grouping']])).toEqual([
      ['paid_search', null, 'google', 'standard/1'],
      ['organic_social', null, 'linkedin.com', 'standard/1'],
      ['fair', 'fair', 'google', null],
      ['direct', null, '(direct)', 'standard/1'],
      [null, null, null, null],
    ]);
    const { path } = await service.get<{ path: readonly object[] }>('/v1/credit/opportunities/deal');
    expect(path[0]).toMatchObject({ channel: 'paid_search', saidChannel: null, utmMedium: 'cpc' });
  });

  it('A3 last non-direct passes over what is direct by the grouping, and what has no channel', async () => {
    const { items } = await service.get('/v1/credit/entries?model=last-non-direct');
    expect(items.map((it) => it['channel'])).toEqual(['fair']);
  });
});
