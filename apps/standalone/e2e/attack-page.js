/**
 * Runs inside a page: calls every operation in each way that a page has without asking first, and by fetch as JSON.
 * @returns every answer that the page could read
 */
async function attack(given) {
  const { target, operations } = given;
  const bodies = ['{"data":{}}', '{"kind":"activity","touchType":"page-view"}', '{"reason":"x","by":"x"}'];
  const seen = [];
  const tried = async (path, how, init) => {
    try {
      const response = await fetch(target + path, init);
      if (response.type !== 'opaque') seen.push({ path, how, status: response.status });
    } catch {
      // refused by the browser itself: nothing could be read
    }
  };
  const framed = (fill) =>
    new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.name = `frame-${Math.random()}`;
      frame.onload = () => resolve();
      document.body.append(frame);
      fill(frame);
    });
  for (const { method, path } of operations) {
    if (method === 'get') {
      await tried(path, 'no-cors', { mode: 'no-cors' });
      await tried(path, 'cors', { credentials: 'include' });
      await framed((frame) => (frame.src = target + path));
      await new Promise((resolve) => {
        const image = new Image();
        image.onload = image.onerror = resolve;
        image.src = target + path;
      });
      continue;
    }
    for (const body of bodies) {
      await tried(path, 'text', { method: 'POST', mode: 'no-cors', body });
      await tried(path, 'no type', { method: 'POST', mode: 'no-cors', body: new Blob([body]) });
    }
    const [body = ''] = bodies;
    const headers = { 'content-type': 'application/json' };
    await tried(path, 'json', { method: 'POST', headers, body });
    navigator.sendBeacon(target + path, new Blob([body], { type: 'application/json' }));
    navigator.sendBeacon(target + path, body);
    await framed((frame) => {
      const form = document.createElement('form');
      Object.assign(form, {
        method: 'post',
        enctype: 'text/plain',
        action: target + path,
        target: frame.name,
      });
      const field = document.createElement('input');
      Object.assign(field, { name: body.slice(0, -1), value: '}' });
      form.append(field);
      document.body.append(form);
      form.submit();
    });
  }
  return seen;
}

window.attack = attack;
