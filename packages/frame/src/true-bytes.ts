interface Getter {
  readonly get: (this: unknown) => number;
}

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
const byteLength = Object.getOwnPropertyDescriptor(typedArray, 'byteLength') as unknown as Getter;

/**
 * A view's size as the engine knows it, whatever `length` someone hung on the object: of the room made for a length
 * that lies, the rest would leave as the memory of others.
 */
export function trueBytes(view: Uint8Array): number {
  return byteLength.get.call(view);
}
