import type { Origin } from './channel-grouping.ts';

/** Where a touch came from, as it was sent; null where it was not sent. */
export interface TouchOrigin {
  readonly utm: {
    readonly source: string | null;
    readonly medium: string | null;
    readonly campaign: string | null;
  } | null;
  readonly url: string | null;
  readonly referrer: string | null;
}

const plain = (text: string | null | undefined): string => (text ?? '').trim().toLowerCase();

/**
 * Where a touch came from: its UTM parameters, else those of its address, else the site it was referred by, which is a
 * referral. A referrer of the same site says nothing. Nothing is made up: a touch without all of them is of no origin.
 */
export function originOf({ utm, url, referrer }: TouchOrigin): Origin {
  const page = url === null ? null : URL.parse(url);
  const tag = (name: 'source' | 'medium' | 'campaign') =>
    plain(utm?.[name]) || plain(page?.searchParams.get(`utm_${name}`));
  const tagged = { source: tag('source'), medium: tag('medium'), campaign: tag('campaign') };
  if (tagged.source !== '' || tagged.medium !== '' || tagged.campaign !== '') return tagged;
  const host = siteOf(referrer === null ? null : URL.parse(referrer));
  if (host === '' || host === siteOf(page)) return tagged;
  return { source: host, medium: 'referral', campaign: '' };
}

const siteOf = (url: URL | null): string => (url?.hostname ?? '').toLowerCase().replace(/^www\./, '');
