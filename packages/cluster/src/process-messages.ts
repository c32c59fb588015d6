// What goes between the primary of node:cluster and its workers, beside what the application itself has to say there.
// Messages are base64: by default Node writes JSON, and a Buffer in it as a list of numbers.

interface Ours<What extends string> {
  readonly sokker: What;
  /** Which of the backplanes that its worker has. */
  readonly port: number;
}
interface Asked {
  readonly channel: string;
  /** For the answer. */
  readonly id: number;
}
export interface Parcel {
  readonly channel: string;
  readonly message: string;
}

/** From a worker. */
export type ToPrimary =
  (Ours<'publish'> & Parcel) | (Ours<'subscribe'> & Asked) | (Ours<'unsubscribe'> & Asked) | Ours<'close'>;

/** To a worker. */
export type ToWorker =
  | (Ours<'message'> & Parcel)
  /** What was asked under this number is done. */
  | (Ours<'done'> & { readonly id: number })
  /** Messages were lost on the way. */
  | Ours<'gap'>;

/** Undefined for what is the application's. */
export function oursIn<News extends ToPrimary | ToWorker>(message: unknown): News | undefined {
  return typeof message === 'object' && message !== null && 'sokker' in message ? (message as News) : undefined;
}
