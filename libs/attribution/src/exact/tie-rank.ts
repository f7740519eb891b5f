import { createHash } from 'node:crypto';

/**
 * Ranks the parts of one whole by SHA-256 of `<whole> <part>`, in lower case hexadecimal. It is the same on every machine
 * and in SQL (`encode(sha256(convert_to(...)))`), in whatever order parts come, and favours no place.
 * @param idOf gives the id of a part by its index; '' is the unattributed part
 */
export function tieRank(whole: string, idOf: (index: number) => string): (index: number) => string {
  const ranks: string[] = [];
  return (index) =>
    (ranks[index] ??= createHash('sha256')
      .update(`${whole} ${idOf(index)}`, 'utf8')
      .digest('hex'));
}
