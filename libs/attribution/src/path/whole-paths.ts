import type { RuleModel } from '../model/rule-model.ts';
import { Cells } from './cells.ts';
import type { EncodedPath } from './encoded-path.ts';
import { Sequences } from './sequences.ts';
import type { Weights } from './weights.ts';

/** Credit by a model, and what it gives to no touch. */
export interface RuledWeights extends Weights {
  readonly unpaid: { readonly conversions: number; readonly value: bigint };
}

/** A part of a conversion, or of a unit of value, is cut below this: sums over any paths there can be are right to 1e-12. */
const FINE = 128n;

/** Conversions by path, touch by touch: enough for any rule that looks at the channels of one path. */
export class WholePaths {
  readonly cells = new Cells();
  readonly #paths = new Sequences();

  count(path: EncodedPath): void {
    if (path.length > 0) this.cells.add(this.#paths.numberOf(path.ids, path.length), path);
  }

  /** @param names of channels, by number */
  weights(model: RuleModel, names: readonly string[]): RuledWeights {
    const { cells } = this;
    const conversions = new Array<bigint>(names.length).fill(0n);
    const value = new Array<bigint>(names.length).fill(0n);
    const unpaid = { conversions: 0, value: 0n };
    for (const cell of cells.filled()) {
      const ids = this.#paths.idsOf(cells.keys.keyAt(cell));
      const shares = model.weights({
        touches: ids.map((id, at) => ({ id: `${at}`, at, channel: names[id] as string })),
        closedAt: ids.length,
        milestones: { lead: null, opportunity: null },
      });
      const all = shares.reduce((sum, share) => sum + share, 0n);
      if (all === 0n) {
        unpaid.conversions += cells.conversions(cell);
        unpaid.value += cells.value(cell);
        continue;
      }
      const [won, worth] = [BigInt(cells.conversions(cell)) << FINE, cells.value(cell) << FINE];
      for (const [at, id] of ids.entries()) {
        const share = shares[at] as bigint;
        conversions[id] = (conversions[id] as bigint) + (won * share) / all;
        value[id] = (value[id] as bigint) + (worth * share) / all;
      }
    }
    return { conversions, value, unpaid };
  }
}
