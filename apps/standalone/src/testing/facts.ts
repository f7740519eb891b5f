/** Page views as CloudEvents, each by a visitor of its own. */
export function touches(label: string, count: number) {
  return Array.from({ length: count }, (_, at) => ({
    specversion: '1.0',
    id: `${label}-${at}`,
    source: 'urn:test:site',
    type: 'throughline.touch.recorded.v1',
    time: '2026-03-01T09:00:00Z',
    data: { kind: 'activity', touchType: 'page-view', team: 'marketing', visitor: `${label}-visitor-${at}` },
  }));
}

/** Body and content type of one request that holds them all. */
export function batch(events: readonly object[]): [body: string, contentType: string] {
  return [JSON.stringify(events), 'application/cloudevents-batch+json'];
}
