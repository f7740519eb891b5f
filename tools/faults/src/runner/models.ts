/** What the standard models do not do: other committees than the account, exposures, no window, wins that use touches up. */
const models = {
  'by-roles': { rule: 'linear', scope: 'contact-roles', exposures: true, windowDays: null },
  'by-primary-contact': { rule: 'w-shaped', scope: 'primary-contact', mostRecent: 5 },
  restarting: { rule: 'linear', severalConversions: 'restart', windowDays: 180 },
} as const;

/** Defines models of one's own, so that every way of counting touches is judged. @param url of attribution */
export async function defineModels(url: string): Promise<void> {
  for (const [model, data] of Object.entries(models)) {
    const answer = await fetch(`${url}/v1/attribution-models/${model}/define`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `define-${model}` },
      body: JSON.stringify({ data }),
    });
    if (!answer.ok) throw new Error(`${model} could not be defined: ${await answer.text()}`);
  }
}
