import { channelIn, originOf, STANDARD_GROUPING, type ChannelGrouping } from '@throughline/attribution';
import type { EventData } from '@throughline/contracts';

/** Channel and campaign of a touch, beside what they are made of. */
export type ChannelOfTouch = {
  readonly channel: string | null;
  readonly campaign: string | null;
  readonly said_channel: string | null;
  readonly said_campaign: string | null;
  readonly utm_source: string | null;
  readonly utm_medium: string | null;
  readonly utm_campaign: string | null;
  /** the grouping that gave the channel, and its version; null: its emitter said it, or nobody knows */
  readonly grouping: string | null;
};

/**
 * What the emitter says stands. Where it says no channel, the grouping gives one by UTM parameters, those of the address,
 * or the referrer; where it names no campaign, the one of its UTM parameters is. Of a touch alone: no order matters.
 */
export function channelOf(
  { channel: said_channel, campaign: said_campaign, utm, url, attributes }: EventData<'touch.recorded'>,
  grouping: ChannelGrouping = STANDARD_GROUPING,
): ChannelOfTouch {
  const tags = utm?.normalised ?? utm?.raw ?? null;
  const referrer = attributes?.['referrer'];
  const origin = originOf({ utm: tags, url, referrer: typeof referrer === 'string' ? referrer : null });
  const derived = said_channel === null ? channelIn(grouping, origin) : null;
  const [utm_source, utm_medium, utm_campaign] = [
    known(origin.source),
    known(origin.medium),
    known(origin.campaign),
  ];
  return {
    channel: said_channel ?? derived,
    campaign: said_campaign ?? tags?.id ?? tags?.campaign ?? utm_campaign,
    ...{ said_channel, said_campaign, utm_source, utm_medium, utm_campaign },
    grouping: derived === null ? null : `${grouping.id}/${grouping.version}`,
  };
}

const known = (text: string): string | null => (text === '' ? null : text);
