import { connect, type Connection } from '@sokker/client';
import { ROOMS, visitorCodec, type Event, type Request } from './protocol.js';

/** One visitor's connection, with messages of the protocol's types. */
export class Visitor implements AsyncIterable<Event> {
  readonly connection: Connection;

  private constructor(connection: Connection) {
    this.connection = connection;
  }

  static async enter(url: string): Promise<Visitor> {
    return new Visitor(await connect(url, { subprotocols: [ROOMS] }));
  }

  send(request: Request): boolean {
    return this.connection.send(visitorCodec.encode(request));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Event, void> {
    for await (const message of this.connection) yield visitorCodec.decode(message);
  }
}
