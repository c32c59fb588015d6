import { Connection } from '@sokker/connection';
import { SokkerServer, type ServerOptions } from '@sokker/server';
import { ManualClock } from '@sokker/testkit';
import { once } from 'node:events';
import {
  connect,
  createServer,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type Http2Server,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { AddressInfo } from 'node:net';

/** A stream of a client, and what the server answered on it. */
export interface Answered {
  readonly stream: ClientHttp2Stream;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** A server of node:http2, ours attached to it, and one session of a client. */
export class Http2Rig {
  readonly clock = new ManualClock();
  readonly server: SokkerServer;
  session!: ClientHttp2Session;

  constructor(
    options: ServerOptions = {},
    readonly http2: Http2Server = createServer((_, response) => response.end('the page')),
  ) {
    this.server = new SokkerServer({ clock: this.clock, ...options });
  }

  static async start(options?: ServerOptions, http2?: Http2Server): Promise<Http2Rig> {
    const rig = new Http2Rig(options, http2);
    rig.server.attach(rig.http2);
    await rig.listen();
    return rig;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.http2.listen(0, '127.0.0.1', resolve));
    this.session = await this.join();
  }

  /** Another session. */
  async join(): Promise<ClientHttp2Session> {
    const session = connect(`http://127.0.0.1:${(this.http2.address() as AddressInfo).port}`);
    await once(session, 'remoteSettings');
    return session;
  }

  /** Sends a request, by default an extended CONNECT (RFC 8441 §5). */
  request(headers: OutgoingHttpHeaders = {}, session = this.session): ClientHttp2Stream {
    const asked = { ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/', 'sec-websocket-version': '13' };
    const stream = session.request({ ...asked, ...headers }, { endStream: false });
    return stream.on('error', () => undefined);
  }

  async ask(headers: OutgoingHttpHeaders = {}, session = this.session): Promise<Answered> {
    const stream = this.request(headers, session);
    const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    return { stream, status: Number(answer[':status']), headers: answer };
  }

  /** Opens a WebSocket. */
  async open(headers: OutgoingHttpHeaders = {}, session = this.session): Promise<Connection> {
    const { stream, status } = await this.ask(headers, session);
    if (status !== 200) throw new Error(`refused with ${status}`);
    return new Connection(stream, { role: 'client' });
  }

  async stop(): Promise<void> {
    const closed = this.server.close();
    this.session.destroy();
    this.clock.advance(60_000);
    await closed;
    await new Promise((resolve) => this.http2.close(resolve));
  }
}

/** What a stream says until it ends. */
export async function bodyOf(stream: ClientHttp2Stream): Promise<string> {
  let body = '';
  for await (const chunk of stream.setEncoding('utf8')) body += String(chunk);
  return body;
}
