/** Where a visit came from, in lower case, spaces around it left out; '' where nobody said. */
export interface Origin {
  readonly source: string;
  readonly medium: string;
  readonly campaign: string;
}

type Field = keyof Origin;
/** Tests of fields by regular expression; one rule may have several, and holds where all of them do. */
type Test = Readonly<Partial<Record<Field, RegExp>>>;

/** Rules that name channels, in order: the first that holds gives the channel, and none is `otherwise`. */
export interface ChannelGrouping {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly otherwise: string;
  /** each holds where one of its tests does */
  readonly rules: readonly { readonly channel: string; readonly any: readonly Test[] }[];
}

/** The channel of an origin; null where nothing is known of it. */
export function channelIn({ rules, otherwise }: ChannelGrouping, origin: Origin): string | null {
  const { source, medium, campaign } = origin;
  if (source === '' && medium === '' && campaign === '') return null;
  const holds = (test: Test) =>
    Object.entries(test).every(([field, pattern]) => pattern.test(origin[field as Field]));
  return rules.find(({ any }) => any.some(holds))?.channel ?? otherwise;
}
