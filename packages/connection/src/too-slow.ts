import { channels } from './channels.js';
import type { Connection } from './connection.js';
import type { Engine } from './engine.js';
import { ConnectionError } from './errors.js';
import { tellsLater } from './plain-socket.js';
import { Reprieve, type ReprieveSettings } from './reprieve.js';

/** Few, and not for long: of connections whose duplex has not told yet what it takes. */
const reprieves = new WeakMap<Engine, Reprieve>();

/**
 * Whether a connection for which `maxBufferedBytes` wait takes no more. What a turn has sent is gathered, and the peer had no
 * chance to take it: first the duplex is offered all of it. If so much waits even then, the peer is too slow, and the
 * connection ends; where the duplex tells later what it takes, as TLS does, that is awaited. A duplex that answers while it
 * is offered something has what is sent in return go first.
 * @param elsewhere bytes that count and that the duplex cannot take
 */
export function isTooSlow(connection: Connection, engine: Engine, settings: ReprieveSettings, elsewhere = 0): boolean {
  const { maxBufferedBytes: limit } = settings;
  const { writer, waitingBytes } = engine.outgoing;
  if (writer.bufferedBytes + elsewhere < limit) return false;
  writer.offer();
  const bufferedBytes = writer.bufferedBytes + elsewhere;
  // A duplex may answer while it is written to, and end the connection.
  if (!engine.sendable || bufferedBytes < limit) return !engine.sendable;
  // Not what waits behind a message that is being made: no duplex can take that.
  const mayLeave = writer.bufferedBytes - waitingBytes >= limit && tellsLater(writer.duplex);
  if (mayLeave && reprieveFor(connection, engine, settings).covers(bufferedBytes)) return false;
  end(connection, engine, bufferedBytes);
  return true;
}

function reprieveFor(connection: Connection, engine: Engine, settings: ReprieveSettings): Reprieve {
  const { writer } = engine.outgoing;
  const onEnd = (isOver: boolean): void => {
    reprieves.delete(engine);
    if (isOver && engine.sendable) end(connection, engine, writer.bufferedBytes);
  };
  const reprieve = reprieves.get(engine) ?? new Reprieve(writer, settings, onEnd);
  reprieves.set(engine, reprieve);
  return reprieve;
}

function end(connection: Connection, engine: Engine, bufferedBytes: number): void {
  if (channels.slow.hasSubscribers) channels.slow.publish({ connection, bufferedBytes });
  // A Close would wait behind what the peer leaves unread.
  engine.terminate(new ConnectionError('ERR_SOKKER_TOO_SLOW'));
}
