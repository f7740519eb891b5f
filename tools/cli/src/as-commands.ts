/** Routes that an answer may tell of, as what to type here. */
const typed: readonly (readonly [route: RegExp, command: string])[] = [
  [/GET \/v1\/snapshots\b/g, 'throughline attribution snapshots'],
  [/POST \/v1\/snapshots\b/g, 'throughline attribution snapshot'],
  [/GET \/v1\/credit\/verify\b/g, 'throughline attribution verify'],
  [/POST \/v1\/attribution-models\/[^/\s]+\/define\b/g, 'throughline attribution define'],
  [/GET \/v1\/attribution-models\b/g, 'throughline attribution models'],
  [
    /POST \/v1\/exchange-rates\/([A-Z]+)\/([A-Z]+)\/set\b/g,
    'throughline attribution rate $1 $2 <day> <rate>',
  ],
  [/POST \/v1\/exchange-rates\/\{from\}\/\{to\}\/set\b/g, 'throughline attribution rate'],
  [/POST \/v1\/exchange-rates\/\{from\}\/\{to\}\/withdraw\b/g, 'throughline attribution rate --withdraw'],
  [/GET \/v1\/evidence\/parked\b/g, 'throughline parked list --service evidence'],
  [/GET \/v1\/quarantine\?state=all\b/g, 'throughline quarantine list --state all'],
  [/GET \/v1\/quarantine\/([^\s.,:;]+)/g, 'throughline quarantine show $1'],
  [/GET \/health\/(?:ready|fresh)\b/g, 'throughline status'],
];

/** What a service says to those who speak to it over HTTP, for those who type. */
export function asCommands(text: string): string {
  return typed
    .reduce((so, [route, command]) => so.replace(route, `\`${command}\``), text)
    .replace('/openapi.json lists what this route takes', '--help lists what this command takes')
    .replace(
      'Send the `next` of the page before, unchanged and with the same filters',
      'Give the one that the page before says, with the same options as there',
    )
    .replace('Send it as /openapi.json describes', 'Say it as --help describes')
    .replace(/(?<=^|[\s;])\/data\/(?=\w)/g, '') // a body is made of what is typed
    .replace(/(?<=^|\s)\/asOf\b/g, '--as-of')
    .replace('; with `after` the query waits for your own write', '');
}
