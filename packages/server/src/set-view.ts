/** A set that others may look at, not change; it shows what becomes of the set behind it. */
export class SetView<Value> implements ReadonlySet<Value> {
  readonly #set: ReadonlySet<Value>;

  constructor(set: ReadonlySet<Value>) {
    this.#set = set;
  }

  get size(): number {
    return this.#set.size;
  }

  has(value: Value): boolean {
    return this.#set.has(value);
  }

  forEach(visit: (value: Value, key: Value, set: ReadonlySet<Value>) => void): void {
    for (const value of this.#set) visit(value, value, this);
  }

  entries(): SetIterator<[Value, Value]> {
    return this.#set.entries();
  }

  keys(): SetIterator<Value> {
    return this.#set.keys();
  }

  values(): SetIterator<Value> {
    return this.#set.values();
  }

  [Symbol.iterator](): SetIterator<Value> {
    return this.#set.values();
  }
}
