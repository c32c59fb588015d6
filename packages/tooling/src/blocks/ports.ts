import { Server, Socket } from 'node:net';

/**
 * Has this process listen on free ports whatever port is asked for, and connect to those in their place: pages say
 * `localhost:3000`, and any number of them run at once.
 */
export function moveToFreePorts(): void {
  const moved = new Map<number, number>();
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with `this` below
  const { listen } = Server.prototype;
  Server.prototype.listen = function (this: Server, ...args: unknown[]): Server {
    const asked = askedPort(args);
    if (asked === undefined || asked === 0) return Reflect.apply(listen, this, args) as Server;
    // The first to hear of it: who listens too may connect at once.
    this.prependOnceListener('listening', () => {
      const address = this.address();
      if (address !== null && typeof address === 'object') moved.set(asked, address.port);
    });
    return Reflect.apply(listen, this, withPort(args, 0)) as Server;
  };
  // eslint-disable-next-line @typescript-eslint/unbound-method -- as above
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
    const port = moved.get(askedPort(args) ?? 0);
    return Reflect.apply(connect, this, port === undefined ? args : withPort(args, port)) as Socket;
  };
}

/** Where the options of `listen` or `connect` stand: node:net hands itself an array of them. */
function optionsIn([first]: readonly unknown[]): unknown {
  return Array.isArray(first) ? (first[0] as unknown) : first;
}

function askedPort(args: readonly unknown[]): number | undefined {
  const options = optionsIn(args);
  const port = isObject(options) ? options.port : options;
  return typeof port === 'number' || (typeof port === 'string' && /^\d+$/.test(port)) ? Number(port) : undefined;
}

function withPort(args: readonly unknown[], port: number): readonly unknown[] {
  const options = optionsIn(args);
  if (!isObject(options)) return [port, ...args.slice(1)];
  options.port = port;
  return args;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
