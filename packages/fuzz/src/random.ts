/** A generator of the sfc32 family: the same seed gives the same run on every machine. Never for masking keys. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed an integer; its lower 32 bits count */
  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = (seed ^ 0x9e3779b9) | 0;
    this.#c = Math.imul(seed | 1, 0x85ebca6b);
    for (let i = 0; i < 12; i++) this.next();
  }

  /** 0 to 2³²−1 */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** 0 to `bound` − 1; `bound` is 1 or more. */
  below(bound: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * bound);
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }
}

/** A 32-bit FNV-1a hash, for seeds from names and for telling outcomes apart. */
export class Hash {
  #value = 0x811c9dc5;

  add(value: number): this {
    this.#value = Math.imul(this.#value ^ value, 0x01000193);
    return this;
  }

  text(text: string): this {
    for (let index = 0; index < text.length; index++) this.add(text.charCodeAt(index));
    return this;
  }

  get value(): number {
    return this.#value >>> 0;
  }
}
