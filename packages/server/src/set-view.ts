/** What a view needs of the collection behind it: a Set has it, and so have the keys of a Map. */
export interface Viewed<Value> {
  readonly size: number;
  has(value: Value): boolean;
  keys(): SetIterator<Value> | MapIterator<Value>;
}

/** A set that others may look at, not change; it shows what becomes of the collection behind it. */
export class SetView<Value> implements ReadonlySet<Value> {
  readonly #viewed: Viewed<Value>;

  constructor(viewed: Viewed<Value>) {
    this.#viewed = viewed;
  }

  get size(): number {
    return this.#viewed.size;
  }

  has(value: Value): boolean {
    return this.#viewed.has(value);
  }

  forEach(visit: (value: Value, key: Value, set: ReadonlySet<Value>) => void): void {
    for (const value of this.#viewed.keys()) visit(value, value, this);
  }

  *entries(): SetIterator<[Value, Value]> {
    for (const value of this.#viewed.keys()) yield [value, value];
    return undefined;
  }

  keys(): SetIterator<Value> {
    return this.#viewed.keys();
  }

  values(): SetIterator<Value> {
    return this.#viewed.keys();
  }

  [Symbol.iterator](): SetIterator<Value> {
    return this.#viewed.keys();
  }
}
