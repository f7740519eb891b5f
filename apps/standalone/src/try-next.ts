interface Step {
  /** what follows `npx throughline` */
  readonly command: string;
  readonly shows: string;
}

/** What somebody who knows nothing yet is shown first. */
export function tryNext(isSample: boolean): readonly Step[] {
  return [
    isSample
      ? { command: 'journey sim-account-alder-works', shows: 'one account from first sight to closed deal' }
      : { command: 'import <files…> --mapping olist-funnel', shows: 'CSV files into events' },
    { command: 'report funnel --group channel', shows: 'leads by channel, and what became of them' },
    { command: 'attribution credit', shows: 'to which channels revenue is credited, by model' },
    { command: 'status', shows: 'where the pipeline stands' },
    { command: '--help', shows: '' },
  ];
}
