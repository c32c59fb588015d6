// What goes between the primary of node:cluster and its workers, beside what the application itself has to say there.
// Messages are base64: by default Node writes JSON, and a Buffer in it as a list of numbers.

/** From a worker. */
export type ToPrimary =
  | { readonly sokker: 'publish'; readonly channel: string; readonly message: string }
  | { readonly sokker: 'subscribe' | 'unsubscribe'; readonly channel: string; readonly id: number };

/** To a worker. */
export type ToWorker =
  | { readonly sokker: 'message'; readonly channel: string; readonly message: string }
  /** What was asked under this number is done. */
  | { readonly sokker: 'done'; readonly id: number }
  | { readonly sokker: 'gap' };

/** Undefined for what is the application's. */
export function oursIn<Ours extends ToPrimary | ToWorker>(message: unknown): Ours | undefined {
  return typeof message === 'object' && message !== null && 'sokker' in message ? (message as Ours) : undefined;
}
