// Hot path: Node allocates 64 KiB for each read of a socket, cuts that to what came, and hands it on through a queue. A
// socket that was opened with the option `onread` is read into one buffer instead, and a function is called; but the
// sockets of a server are opened by Node. So what that option sets up is set up here for a socket that is open already, and
// what was read is copied: 0.86 to 0.89 of the processor time of an echo of 125 bytes, 0.78 to 0.95 of one of 1 KiB
// (packages/bench, rows "echo"). What fills Node's buffer it hands on uncopied: sockets whose first reads do are left alone.
//
// Node does not document how; so the places where it keeps the option are looked for where it has just put one, and where
// anything is not as expected, a socket is read as ever.
import { ownCopy } from '@sokker/frame';
import { Buffer } from 'node:buffer';
import { Socket, type SocketConstructorOpts } from 'node:net';
import { platform } from 'node:process';
import type { Duplex } from 'node:stream';
import { isPlainSocket, type SocketInsides } from './plain-socket.js';

/** Where a socket keeps its option `onread`. */
interface Places {
  readonly buffer: string | symbol;
  readonly callback: string | symbol;
}

/** As much as Node reads at a time. */
export const READ_BYTES = 64 * 1024;

/** What every socket of this thread is read into: what was read is copied before the next one is. */
let shared: Buffer | undefined;
let places: Places | null | undefined;

/**
 * Has a socket emit `data` without the detours; while it is paused, what comes waits in its queue as ever. Does nothing
 * for a duplex that is no plain socket.
 */
export function readDirectly(duplex: Duplex): void {
  if (!isPlainSocket(duplex)) return;
  if (places === undefined) places = findPlaces();
  const { _handle: handle } = duplex as SocketInsides;
  if (places === null || typeof handle?.useUserBuffer !== 'function') return;
  if (Reflect.get(duplex, places.buffer) !== null || duplex.readableEncoding !== null) return;
  shared ??= Buffer.allocUnsafeSlow(READ_BYTES);
  Reflect.set(duplex, places.buffer, shared);
  Reflect.set(duplex, places.callback, onRead);
  handle.useUserBuffer(shared);
}

/**
 * Emits what was read by itself, since `push` would take the detour; but never past what waits in the queue.
 * @returns whether more may be read
 */
function onRead(this: Socket, bytes: number, buffer: Buffer): boolean {
  const chunk = ownCopy(new Uint8Array(buffer.buffer, 0, bytes));
  if (this.readableFlowing !== true || this.readableLength > 0) return this.push(chunk);
  this.emit('data', chunk);
  return true;
}

/**
 * Pauses a duplex. Node stops reading a socket that is read directly when it is paused, and its end goes unnoticed; other
 * sockets are read on until their queue is full. So reading is begun again here.
 */
export function pause(duplex: Duplex): void {
  duplex.pause();
  if (isReadDirectly(duplex) && duplex.readableLength < duplex.readableHighWaterMark) duplex.read(0);
}

/** Lets the others have their turn before more is read. */
export function pauseForTurn(duplex: Duplex): void {
  pause(duplex);
  setImmediate(() => duplex.resume());
}

function isReadDirectly(duplex: Duplex): boolean {
  return places && shared ? Reflect.get(duplex, places.buffer) === shared : false;
}

/** On Windows reads are begun ahead, so that two sockets would read into one buffer at once. */
function findPlaces(): Places | null {
  if (platform === 'win32') return null;
  const onread = { buffer: Buffer.alloc(1), callback: () => true };
  const socket = new Socket({ onread } as SocketConstructorOpts);
  const keys = Reflect.ownKeys(socket);
  const buffer = keys.find((key) => Reflect.get(socket, key) === onread.buffer);
  const callback = keys.find((key) => Reflect.get(socket, key) === onread.callback);
  return buffer === undefined || callback === undefined ? null : { buffer, callback };
}
