import { passedOver } from '../journey/direct.ts';
import { Cells } from './cells.ts';
import type { EncodedPath } from './encoded-path.ts';
import type { Weights } from './weights.ts';

/** The last touch of each path outside a set of channels; the last touch of all where every touch is in the set. */
export class NonDirectCounts {
  readonly cells = new Cells();
  readonly #isPassedOver: (channel: string) => boolean;
  /** by channel number */
  readonly #known: boolean[] = [];

  constructor(
    readonly excluded: ReadonlySet<string>,
    private readonly names: readonly string[],
  ) {
    this.#isPassedOver = passedOver([...excluded]);
  }

  count(path: EncodedPath): void {
    if (path.length === 0) return;
    let at = path.length - 1;
    while (at >= 0 && this.#passesOver(path.ids[at] as number)) at -= 1;
    this.cells.add(path.ids[at < 0 ? path.length - 1 : at] as number, path);
  }

  #passesOver(channel: number): boolean {
    return (this.#known[channel] ??= this.#isPassedOver(this.names[channel] as string));
  }

  weights(channels: number): Weights {
    const conversions = new Array<bigint>(channels).fill(0n);
    const value = new Array<bigint>(channels).fill(0n);
    for (const cell of this.cells.filled()) {
      const channel = this.cells.keys.keyAt(cell);
      conversions[channel] = BigInt(this.cells.conversions(cell));
      value[channel] = this.cells.value(cell);
    }
    return { conversions, value };
  }
}
