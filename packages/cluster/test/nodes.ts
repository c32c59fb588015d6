import { connect, type Connection } from '@sokker/client';
import { Cluster, type Backplane, type ClusterOptions } from '@sokker/cluster';
import type { Message } from '@sokker/frame';
import { SokkerServer, type ServerConnection, type ServerOptions } from '@sokker/server';
import { once } from 'node:events';

/** A client, and its connection at the server. */
export interface Visitor {
  readonly client: Connection;
  readonly connection: ServerConnection;
  /** Joins a topic, and waits for the others to reach it there. */
  readonly join: (topic: string) => Promise<void>;
  /** The next message: its text, or with its type before that. */
  readonly heard: () => Promise<string>;
  readonly heardAs: () => Promise<string>;
}

/** One server of a cluster. */
export class Node {
  readonly server: SokkerServer;
  readonly cluster: Cluster;
  readonly #clients: Connection[] = [];
  #port = 0;

  constructor(backplane: Backplane, options: ClusterOptions = {}, serverOptions: ServerOptions = {}) {
    this.server = new SokkerServer(serverOptions);
    this.cluster = new Cluster(this.server, backplane, options);
  }

  async listen(): Promise<this> {
    this.#port = (await this.server.listen(0, '127.0.0.1')).port;
    return this;
  }

  async visit(...topics: readonly string[]): Promise<Visitor> {
    const opened = once(this.server, 'connection');
    const client = await connect(`ws://127.0.0.1:${this.#port}`);
    this.#clients.push(client);
    const [connection] = (await opened) as [ServerConnection];
    const join = (topic: string): Promise<void> => {
      connection.join(topic);
      return this.cluster.subscribed(topic);
    };
    for (const topic of topics) await join(topic);
    const messages = client[Symbol.asyncIterator]();
    const next = async (): Promise<Message> => (await messages.next()).value as Message;
    const heard = async (): Promise<string> => (await next()).text();
    const heardAs = async (): Promise<string> => {
      const message = await next();
      return `${message.type} ${message.text()}`;
    };
    return { client, connection, join, heard, heardAs };
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.terminate();
    await this.server.close();
    await this.cluster.close();
  }
}

/** Starts nodes that are stopped when the test is over. */
export function nodes(): (...made: ConstructorParameters<typeof Node>) => Promise<Node> {
  const started: Node[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((node) => node.stop()));
  });
  return async (...made) => {
    const node = await new Node(...made).listen();
    started.push(node);
    return node;
  };
}
