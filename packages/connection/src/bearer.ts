/**
 * A constructor that answers what it is given: a class on top of it can keep private fields in an object of others, where
 * nobody else sees them. Not a WeakMap or WeakSet: for each of thousands of short lives V8 has to hash a key and sweep a
 * table, and what a WeakMap refers to outlives every minor collection, dead or alive. One of each, and a connection opened
 * and closed took us twice as long (packages/bench, row "opened and closed").
 */
export const Bearer = function (object: object) {
  return object;
} as unknown as new (object: object) => object;
