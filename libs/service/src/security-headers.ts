/**
 * What every answer says to browsers: the type is the one that is stated, nobody frames it, nobody of another origin
 * embeds it, and nothing loads from anywhere.
 */
const EVERY_ANSWER = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
} as const;

/** Pages load their own files and call their own service; inline scripts never run. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** @param contentType of the answer */
export function securityHeaders(contentType: unknown): Readonly<Record<string, string>> {
  const isPage = typeof contentType === 'string' && contentType.startsWith('text/html');
  return isPage ? { ...EVERY_ANSWER, 'content-security-policy': PAGE_POLICY } : EVERY_ANSWER;
}
