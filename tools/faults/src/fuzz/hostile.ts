/** Literals that stand where a JSON value should be: some are JSON, none is what a schema asks for. */
export const literals: readonly string[] = [
  ...['1e400', '-1e400', '9007199254740993', '1e-400', '-0', '01', '+1', '.5', 'NaN', 'undefined', "'a'"],
  ...[
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\u0000"',
    '"\\x41"',
    '"\u0001"',
    '"a\nb"',
    '"\\u202e\\u2066"',
    '"\ufeff"',
  ],
  ...['{"__proto__":{"polluted":true}}', '{"constructor":{"prototype":{"polluted":true}}}', '{"a":1,"a":2}'],
  ...['[1,]', '{,}', '{"a"}', '[', '"', '/* */1', '[]', '{}', 'null', 'true', '-1', '0.5', '""', '" "'],
  ...[
    `"'; drop table quarantine; --"`,
    '"../../../../etc/passwd"',
    '"${jndi:ldap://x}"',
    '"<script>"',
    '"%00%zz%"',
  ],
  ...['['.repeat(20) + ']'.repeat(20), '['.repeat(30_000), '{"a":'.repeat(5_000) + '1' + '}'.repeat(5_000)],
  ...[
    `"${'x'.repeat(40_000)}"`,
    `"${'\u0301'.repeat(2_000)}"`,
    `[${'0,'.repeat(5_000)}0]`,
    '1'.repeat(5_000),
  ],
];

/** Bytes that are no UTF-8: an overlong slash, half a surrogate pair, a lone start, what no text begins with. */
export const bytes: readonly Buffer[] = [
  [0xc0, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xf0, 0x9f],
  [0xff, 0xfe],
].map((each) => Buffer.from(each));

/** Parts of a path or a query as they stand in the request line. */
export const urlParts: readonly string[] = [
  ...[
    '%zz',
    '%',
    '%0',
    '%00',
    'a%00b',
    '%C0%AF',
    '%ED%A0%80',
    '%FF',
    '%25zz',
    '%2e%2e%2f%2e%2e%2f',
    '..',
    '.',
  ],
  ...[
    '',
    '%20',
    '+',
    ';',
    '%27%3b%20drop%20table%20lead%3b--',
    '%0d%0ax-injected:%201',
    '%E2%80%AE',
    '%F0%9F%92%A5',
  ],
  ...[
    'x'.repeat(300),
    'x'.repeat(1_100),
    '%F0%9F%92%A5'.repeat(90),
    '__proto__',
    'constructor',
    '[object%20Object]',
  ],
  ...[
    '-1',
    '0',
    '1e3',
    '1.5',
    '99999999999999999999',
    'NaN',
    'null',
    'undefined',
    'true',
    '%5B%5D',
    '2026-02-30',
  ],
  ...[
    'event/00000000-0000-0000-0000-000000000000',
    'no.such.topic/0/1',
    'journey.leads/999/1',
    'journey.leads/0/999',
  ],
];

/** Header values as they stand after the colon. */
export const headerValues: readonly string[] = [
  ...[
    '',
    ' ',
    '"',
    '""',
    '"a',
    'a\r\nx-injected: 1',
    'a\nb',
    'a\rb',
    'a\0b',
    '\x7f',
    '\x01',
    '\xff\xfe',
    '\xc0\xaf',
  ],
  ...[
    '%',
    '%zz',
    '%00',
    '%C0%AF',
    '%ED%A0%80',
    '%F0%9F%92%A5',
    'x'.repeat(300),
    'x'.repeat(9_000),
    'a,b',
    '*',
  ],
  ...['W/"1"', '"-1"', '"999999999999999999"', '1e3', '__proto__', "'; drop table lead; --", '00-0-0-0', 'é'],
];

export const methods: readonly string[] = [
  ...['PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY', 'FOO', 'get', 'GET', 'POST'],
];

export const contentTypes: readonly string[] = [
  ...[
    'text/plain',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
  ],
  ...['application/json; charset=utf-16', 'application/json;;;', ';', '', 'nonsense', 'application/avro'],
  ...['application/cloudevents+json', 'application/cloudevents-batch+json', 'application/cloudevents+avro'],
  ...['APPLICATION/JSON', 'application/json; charset="UTF-8"', 'application/problem+json'],
];
