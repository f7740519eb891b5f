const SPREAD = 0x9e3779b1;
const STIR = 0x85ebca6b;
const HIGH = 2 ** 32;

/** Numbers keys in the order they come: open addressing over typed arrays, 12 to 24 bytes a key. */
export class KeyIndex {
  /** number + 1 of the key that stands there, 0 for none */
  #slots = new Int32Array(32);
  #keys = new Float64Array(16);
  #size = 0;

  /** How many keys there are. */
  get size(): number {
    return this.#size;
  }

  keyAt(number: number): number {
    return this.#keys[number] as number;
  }

  /** @returns the key's number, or -1 */
  find(key: number): number {
    return (this.#slots[this.#slotOf(key)] as number) - 1;
  }

  /**
   * @param key a whole number, 0 to 2^53 - 1
   * @returns the key's number, a new one where it has none
   */
  numberOf(key: number): number {
    const slot = this.#slotOf(key);
    const found = this.#slots[slot] as number;
    if (found > 0) return found - 1;
    if (this.#size === this.#keys.length) this.#grow();
    this.#keys[this.#size] = key;
    this.#size += 1;
    this.#slots[this.#slotOf(key)] = this.#size;
    return this.#size - 1;
  }

  /** Where the key stands, or where it would. */
  #slotOf(key: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const high = Math.floor(key / HIGH);
    let hash = Math.imul(key - high * HIGH, SPREAD) ^ Math.imul(high, STIR);
    hash = Math.imul(hash ^ (hash >>> 15), SPREAD);
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const number = slots[slot] as number;
      if (number === 0 || this.#keys[number - 1] === key) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const keys = new Float64Array(this.#keys.length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
    this.#slots = new Int32Array(keys.length * 2);
    for (let number = 0; number < this.#size; number++)
      this.#slots[this.#slotOf(keys[number] as number)] = number + 1;
  }
}
