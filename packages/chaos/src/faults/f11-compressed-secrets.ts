/** F11: what is compressed together with an attacker's text can be guessed by its length; so what may not, is not. */
import { permessageDeflate } from '@sokker/deflate';
import { SokkerServer } from '@sokker/server';
import { BINARY, frame } from '../frames.js';
import { host } from '../host.js';
import { Peer } from '../peer.js';
import { fault } from '../stage.js';
import { fired } from '../verdict.js';

const THRESHOLD_BYTES = 1024;
const RSV1 = 4;
const SIZES = [0, 1, 100, THRESHOLD_BYTES - 1, THRESHOLD_BYTES, 100_000];

interface Asked {
  readonly bytes: number;
  readonly compress: boolean;
  readonly broadcast: boolean;
}

const actors = {
  server: () => {
    const server = new SokkerServer({ extensions: [permessageDeflate({ preset: '336KiB' })] });
    server.on('message', (message, connection) => {
      const { bytes, compress, broadcast } = message.json() as Asked;
      const data = Buffer.alloc(bytes, 'secret');
      if (broadcast) server.broadcast(data, { to: [connection], compress });
      else connection.send(data, { compress });
    });
    return host(server);
  },
  load: ({ port }: { port: number }) => ({
    /** Whether each answer came compressed. */
    ask: async (all: readonly Asked[]) => {
      const coded: boolean[] = [];
      const headers = 'Sec-WebSocket-Extensions: permessage-deflate\r\n';
      const done = new Promise<void>((resolve) => {
        const onFrame = ({ rsv }: { rsv: number }): void => {
          if (coded.push(rsv === RSV1) === all.length) resolve();
        };
        void Peer.open(port, { headers, onFrame }).then((peer) => {
          for (const asked of all) peer.socket.write(frame(BINARY, Buffer.from(JSON.stringify(asked))));
        });
      });
      await done;
      return coded;
    },
  }),
};

export const F11 = fault({
  id: 'F11',
  title: 'secrets in compressed messages',
  actors,
  async run(stage) {
    const server = await stage.start('server', undefined);
    const load = await stage.start('load', { port: await server.call.port() });
    const all: Asked[] = [true, false].flatMap((compress) =>
      [true, false].flatMap((broadcast) => SIZES.map((bytes) => ({ bytes, compress, broadcast }))),
    );
    const coded = await load.call.ask(all);
    const wrong = all.filter(({ bytes, compress }, at) => coded[at] !== (compress && bytes >= THRESHOLD_BYTES));
    stage.expect({
      asserted: `${all.length} messages, below 1 KiB or with compress: false never compressed, all others: wrong ones`,
      figure: wrong.length,
      equals: 0,
      counter: fired(await server.call.metrics(), 'traffic.messagesSent', all.length),
    });
  },
});
