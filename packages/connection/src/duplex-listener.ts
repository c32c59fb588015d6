import type { Duplex } from 'node:stream';
import { Bearer } from './bearer.js';
import { READ_BYTES, readDirectly } from './direct-reads.js';
import { keepFreedMemory } from './freed-memory.js';
import { isHttp2Stream } from './plain-socket.js';

/** Who reads a duplex. */
export interface DuplexListener {
  onData(chunk: Buffer): void;
  /** The other side has ended. */
  onDataEnd(): void;
  onDuplexError(error: Error): void;
  onDuplexClose(): void;
}

/** Where so much comes in one read, large messages do. */
const LARGE_READ_BYTES = 24 * 1024;
/** A read that fills Node's buffer is handed on uncopied: read directly, it would cost what four shorter ones gain. */
const FULL_READ_GAINS = -4;
/** So much must have been gained for a socket to be read directly. */
const ENOUGH_GAIN = 16;

/**
 * A duplex, and in it who listens: so four functions serve all duplexes, instead of four closures for each, 250 bytes of
 * every idle connection.
 */
class Heard extends Bearer {
  #listener: DuplexListener | undefined;
  /** What its last reads would have gained, had they been direct. */
  #gain = 0;

  static by(listener: DuplexListener, duplex: Duplex): void {
    const heard = #listener in duplex ? duplex : new Heard(duplex);
    heard.#listener = listener;
  }

  static of(duplex: Duplex): DuplexListener | undefined {
    return #listener in duplex ? duplex.#listener : undefined;
  }

  /** So many bytes were read at once. A socket that is read directly stays so. */
  static note(duplex: Duplex, bytes: number): void {
    if (bytes >= LARGE_READ_BYTES) keepFreedMemory();
    if (!(#listener in duplex) || duplex.#gain >= ENOUGH_GAIN) return;
    duplex.#gain = Math.max(0, duplex.#gain + (bytes < READ_BYTES ? 1 : FULL_READ_GAINS));
    if (duplex.#gain >= ENOUGH_GAIN) readDirectly(duplex);
  }
}

/**
 * Has `listener` told of what a duplex emits; of an end that it has emitted before, in the next tick.
 * @param head what was read from it before, and comes first
 */
export function listenTo(duplex: Duplex, listener: DuplexListener, head?: Buffer): void {
  Heard.by(listener, duplex);
  if (head !== undefined && head.length > 0) {
    // Nothing can be put back into a stream that has told its end.
    if (duplex.readableEnded || duplex.destroyed) process.nextTick(() => listener.onData(head));
    else duplex.unshift(head);
  }
  duplex.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  if (isHttp2Stream(duplex)) duplex.on('aborted', onAborted);
  // Who paused it until now, while a token was looked up for one, has handed it over.
  if (duplex.isPaused()) duplex.resume();
  if (duplex.readableEnded) process.nextTick(() => listener.onDataEnd());
  if (isOver(duplex)) process.nextTick(() => listener.onDuplexClose());
}

function onData(this: Duplex, chunk: Buffer): void {
  Heard.note(this, chunk.length);
  Heard.of(this)?.onData(chunk);
}

function onEnd(this: Duplex): void {
  Heard.of(this)?.onDataEnd();
}

function onError(this: Duplex, error: Error): void {
  Heard.of(this)?.onDuplexError(error);
}

/**
 * A stream of HTTP/2 was reset: by itself it closes only when what came before is read. By our own side, perhaps, and then
 * that is not sent yet.
 */
function onAborted(this: Duplex): void {
  if (this.isPaused()) process.nextTick(() => this.destroy());
}

function onClose(this: Duplex): void {
  const listener = Heard.of(this);
  for (let chunk = nextKept(this); chunk !== null; chunk = nextKept(this)) listener?.onData(chunk);
  listener?.onDuplexClose();
}

/** What a duplex had read while it was paused: when it has closed it has that still, and emits it no more. */
function nextKept(duplex: Duplex): Buffer | null {
  return isOver(duplex) && duplex.isPaused() ? (duplex.read() as Buffer | null) : null;
}

/** Whether it has closed; streams of HTTP/2 are `closed` from the reset on, with what was read before it still to come. */
function isOver(duplex: Duplex): boolean {
  return duplex.closed && duplex.destroyed;
}
