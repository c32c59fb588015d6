/** Prints how many shapes the options of accepted sockets have; Node's Socket hands them to `stream.Duplex`. */
import { SokkerServer } from '@sokker/server';
import { once } from 'node:events';
import { connect } from 'node:net';
import stream, { Duplex } from 'node:stream';
import { runInThisContext } from 'node:vm';

interface Options {
  readonly pauseOnCreate?: unknown;
}

const isOneShape = runInThisContext('(one, other) => %HaveSameMap(one, other)') as (...both: Options[]) => boolean;
const SOCKETS = 100;

async function main(): Promise<void> {
  const server = new SokkerServer();
  const { port } = await server.listen(0, '127.0.0.1');
  const seen: Options[] = [];
  function Watched(this: Duplex, options: Options): void {
    if (options.pauseOnCreate === false) seen.push(options);
    (Duplex as unknown as (this: Duplex, options: Options) => void).call(this, options);
  }
  Watched.prototype = Duplex.prototype;
  Object.assign(stream, { Duplex: Object.assign(Watched, Duplex) });
  for (let count = 0; count < SOCKETS; count++) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    await once(socket, 'connect');
    socket.destroy();
  }
  while (seen.length < SOCKETS) await new Promise(setImmediate);
  const shapes: Options[] = [];
  for (const options of seen) if (!shapes.some((shape) => isOneShape(shape, options))) shapes.push(options);
  console.log(shapes.length);
  await server.close();
}

void main();
