// The form of a message that any number of connections can be sent: deflated from a fresh window and flushed, it refers
// to nothing outside itself, so any inflater with a window as large reads it, whatever it has read before.
import { constants, deflateRawSync } from 'node:zlib';
import { deflatePools } from './deflate-context.js';
import type { Engine } from './direct-probe.js';
import type { DeflateSettings } from './streams.js';

/** Past this a broadcast would hold the event loop for more than 5 ms (level 3, Node 20); it goes out uncoded. */
export const MAX_SHARED_BYTES = 512 * 1024;

const TAIL_BYTES = 4;

/** Deflates on this thread, once for all who share the settings. The payload stays the caller's. */
export function sharedForm(payload: Buffer, settings: DeflateSettings, engine: Engine): Buffer | undefined {
  if (payload.length > MAX_SHARED_BYTES) return undefined;
  if (payload.length === 0) return Buffer.of(0);
  const input = payload.subarray(0);
  return engine === 'direct' ? pooledForm(input, settings) : oneShotForm(input, settings);
}

function pooledForm(input: Buffer, settings: DeflateSettings): Buffer | undefined {
  const pool = deflatePools.for({ ...settings, engine: 'direct' });
  const context = pool.take();
  const output = context.deflate(input, true);
  pool.give(context);
  return output;
}

function oneShotForm(input: Buffer, { windowBits, level, memLevel }: DeflateSettings): Buffer {
  const finishFlush = constants.Z_SYNC_FLUSH;
  const output = deflateRawSync(input, { windowBits: Math.max(9, windowBits), level, memLevel, finishFlush });
  return output.subarray(0, -TAIL_BYTES);
}
