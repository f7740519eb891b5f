/** Faults of the matrix that no schedule brings about: those of every run's load, and those that are tried elsewhere. */
export const elsewhere: readonly {
  readonly number: number;
  readonly what: string;
  readonly where: string;
}[] = [
  { number: 17, what: 'oversized event, batch, depth, gzip bomb', where: 'in the load of every run' },
  {
    number: 18,
    what: 'malformed JSON, duplicate keys, NUL, lone surrogates, 1e400, __proto__',
    where: 'in the load of every run; npm run faults -- fuzz',
  },
  { number: 19, what: 'unknown type', where: 'in the load of every run, and records of the fault poison' },
  { number: 20, what: 'schema evolution', where: 'not tried: there is one version of each schema yet' },
  { number: 25, what: 'a store restored to an older point than the broker', where: 'not tried' },
  { number: 26, what: '20 times the load', where: 'npm run bench -- overload' },
  { number: 28, what: 'two versions at once', where: 'not tried: there is one version yet' },
  { number: 29, what: 'power loss', where: 'not tried: kill -9 keeps what the kernel has in memory' },
];
