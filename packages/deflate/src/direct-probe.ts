// Finds out, once and by looking, whether zlib handles can be written to synchronously on this runtime.
import { constants, createInflateRaw } from 'node:zlib';
import { DirectContext, type WriteSync, type ZlibInsides } from './direct-context.js';
import { directInflateStream } from './streams.js';

/** How contexts are driven: 'direct' writes to the handle of zlib, 'stream' uses nothing but documented calls. */
export type Engine = 'direct' | 'stream';

const { Z_SYNC_FLUSH, Z_BLOCK } = constants;
/** "Hello" as in RFC 7692 §7.2.3.1, its tail, and one byte too much. */
const HELLO = Buffer.from('f248cdc9c90700', 'hex');
const TAIL_AND_MORE = Buffer.from('0000ffff00', 'hex');
const RESERVED_BLOCK = Buffer.from('06', 'hex');

let chosen: Engine | undefined;

/** The engine for this runtime; looked up when the first connection asks. */
export function engine(): Engine {
  return (chosen ??= canWriteDirectly() ? 'direct' : 'stream');
}

function canWriteDirectly(): boolean {
  try {
    return isCalledAsExpected() && behavesAsExpected();
  } catch {
    return false;
  }
}

/** Lets Node make a synchronous write of its own, and compares the call with the one we would make. */
function isCalledAsExpected(): boolean {
  const stream = createInflateRaw() as ZlibInsides & { _processChunk?(chunk: Buffer, flush: number): unknown };
  const handle = stream._handle as { writeSync: WriteSync };
  const native = handle.writeSync;
  const calls: unknown[][] = [];
  handle.writeSync = (...call) => {
    calls.push(call);
    Reflect.apply(native, handle, call);
  };
  const result = stream._processChunk?.(HELLO, Z_SYNC_FLUSH);
  const [call] = calls;
  if (call === undefined || calls.length !== 1 || call.length !== 7 || String(result) !== 'Hello') return false;
  const [flush, input, inputOffset, inputBytes, output, outputOffset, outputBytes] = call;
  const isInput = flush === Z_SYNC_FLUSH && input === HELLO && inputOffset === 0 && inputBytes === HELLO.length;
  return isInput && Buffer.isBuffer(output) && outputOffset === 0 && outputBytes === output.length;
}

/** The counts, the stop at the end of a block, and the report of an error, as the inflater relies on them. */
function behavesAsExpected(): boolean {
  const context = new DirectContext(directInflateStream(15));
  const output = Buffer.alloc(16);
  context.run(Z_SYNC_FLUSH, HELLO, 0, output);
  const isRead = context.consumed === HELLO.length && output.toString('latin1', 0, context.produced) === 'Hello';
  context.run(Z_BLOCK, TAIL_AND_MORE, 0, output);
  const isStopped = context.consumed === 4 && context.produced === 0;
  context.stream.reset();
  try {
    context.run(Z_SYNC_FLUSH, RESERVED_BLOCK, 0, output);
    return false;
  } catch {
    return isRead && isStopped;
  }
}
