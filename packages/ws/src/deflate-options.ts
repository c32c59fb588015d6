import type { ZlibOptions } from 'node:zlib';
import { DEFLATE_OPTIONS, permessageDeflate } from '@sokker/deflate';
import type { Extension } from '@sokker/handshake';
import type { MessageCoder, OptionTable } from '@sokker/frame';

/** As `ws` has them. Options of zlib that are not named here have no effect. */
export interface PerMessageDeflateOptions {
  serverNoContextTakeover?: boolean | undefined;
  clientNoContextTakeover?: boolean | undefined;
  serverMaxWindowBits?: number | undefined;
  clientMaxWindowBits?: number | boolean | undefined;
  /** Of `level` and `memLevel`; the rest is passed over. */
  zlibDeflateOptions?: ZlibOptions | undefined;
  zlibInflateOptions?: ZlibOptions | undefined;
  /** Messages below this size are sent as they are: bytes, default 1024. */
  threshold?: number | undefined;
  concurrencyLimit?: number | undefined;
}

const { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits } = DEFLATE_OPTIONS;
const NONE = { kind: 'value', default: 'none', expected: 'anything', accepts: () => true } as const;

/** What each is checked by is the table of `@sokker/deflate`. */
export const PER_MESSAGE_DEFLATE_OPTIONS = {
  serverNoContextTakeover,
  clientNoContextTakeover,
  serverMaxWindowBits,
  clientMaxWindowBits,
  threshold: DEFLATE_OPTIONS.thresholdBytes,
  zlibDeflateOptions: { ...NONE, text: 'Of `level` and `memLevel`; the rest is passed over.' },
  zlibInflateOptions: { ...NONE, text: 'Has no effect.' },
  concurrencyLimit: { ...NONE, text: 'Has no effect: how much is inflated in a turn is bounded.' },
} as const satisfies OptionTable;

/**
 * The extension that these options ask for. By itself it keeps no context between messages, where `ws` keeps both unless
 * it is told: what is kept there, 259 KiB a connection, comes with `serverNoContextTakeover: false`.
 */
export function extensionsOf(given: boolean | PerMessageDeflateOptions | undefined): Extension<MessageCoder>[] {
  if (given === undefined || given === false) return [];
  if (given === true) return [permessageDeflate()];
  const { threshold, clientMaxWindowBits } = given;
  const { level, memLevel } = given.zlibDeflateOptions ?? {};
  const { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits } = given;
  return [
    permessageDeflate({
      serverNoContextTakeover,
      clientNoContextTakeover,
      serverMaxWindowBits,
      // True is what a client always offers here.
      clientMaxWindowBits: typeof clientMaxWindowBits === 'number' ? clientMaxWindowBits : undefined,
      thresholdBytes: threshold,
      level: within(level),
      memLevel: within(memLevel),
    }),
  ];
}

/** Zlib's own default is said by -1, and 0 compresses nothing: then what `threshold` lets through is compressed as by default. */
function within(level: number | undefined): number | undefined {
  return level !== undefined && level >= 1 && level <= 9 ? level : undefined;
}
