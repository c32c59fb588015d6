// What goes between the primary of node:cluster and its workers, beside what the application itself has to say there.
// Messages are base64: by default Node writes JSON, and a Buffer in it as a list of numbers.

/** Beside others that may come: only those of the same version are ours. */
export const VERSION = 1;

interface Ours<Say extends string> {
  readonly sokkerCluster: typeof VERSION;
  readonly say: Say;
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

/** As it is before it is known by whom it is said, or to whom. */
export type Unaddressed<News> = News extends unknown ? Omit<News, 'sokkerCluster' | 'port'> : never;

/** What has to be a string, by what is said. */
const STRINGS: ReadonlyMap<unknown, readonly (keyof Parcel)[]> = new Map([
  ['publish', ['channel', 'message']],
  ['message', ['channel', 'message']],
  ['subscribe', ['channel']],
  ['unsubscribe', ['channel']],
  ['done', []],
  ['gap', []],
  ['close', []],
]);

/** Undefined for what is the application's, or a later version's. */
export function oursIn<News extends ToPrimary | ToWorker>(message: unknown): News | undefined {
  const fields = (message ?? {}) as Readonly<Record<string, unknown>>;
  const strings = fields.sokkerCluster === VERSION ? STRINGS.get(fields.say) : undefined;
  return strings?.every((name) => typeof fields[name] === 'string') === true ? (message as News) : undefined;
}
