/** F19: pages of other origins. Every origin fixture of the testkit, against servers that run. */
import { SokkerServer } from '@sokker/server';
import { fixtures, type HandshakeFixture } from '@sokker/testkit';
import { host } from '../host.js';
import { dial, requestHead } from '../peer.js';
import { fault } from '../stage.js';
import { fired } from '../verdict.js';

type OriginSetting = HandshakeFixture['settings']['origin'];

/** Those of a server with TLS of its own are played in memory, by the testkit's tests. */
const FIXTURES = fixtures.handshake.fixtures.filter(
  ({ id, settings }) => id.startsWith('handshake/origin/') && !settings.secure,
);

/** More of the same origin's lookalikes: header lines for a page at `127.0.0.1:port`, and whether they may connect. */
function lookalikes(port: number): [origin: string, status: number][] {
  const here = `127.0.0.1:${port}`;
  return [
    [`http://${here}`, 101],
    [`HTTP://${here}`, 101],
    [`http://127.0.0.1:${port + 1}`, 403],
    ['http://127.0.0.1', 403],
    [`http://localhost:${port}`, 403],
    [`http://${here}.evil.example`, 403],
    [`http://evil.example/${here}`, 403],
    [`http://evil.example?${here}`, 403],
    [`file://${here}`, 403],
    ['null', 403],
  ];
}

const actors = {
  server: ({ origin }: { origin?: OriginSetting }) =>
    host(new SokkerServer({ ...(origin !== undefined && { origin }) })),
  load: () => ({
    play: async (port: number, id: string) => {
      const { request = '', expect } = FIXTURES.find((fixture) => fixture.id === id) ?? {};
      return (await statusOf(port, request)) === expect?.httpStatus;
    },
    lookalikes: async (port: number) => {
      const all = lookalikes(port);
      const answers = await Promise.all(
        all.map(([origin]) => statusOf(port, requestHead(port, { headers: `Origin: ${origin}\r\n` }))),
      );
      return answers.filter((status, at) => status === all[at]?.[1]).length;
    },
  }),
};

function statusOf(port: number, request: string): Promise<number> {
  return new Promise((resolve) => {
    const socket = dial(port);
    socket.once('data', (bytes) => {
      socket.destroy();
      resolve(Number(bytes.toString('latin1', 9, 12)));
    });
    socket.once('close', () => resolve(0));
    socket.write(request, 'latin1');
  });
}

export const F19 = fault({
  id: 'F19',
  title: 'pages of other origins',
  actors,
  async run(stage) {
    const load = await stage.start('load', undefined);
    const policies = new Map(FIXTURES.map(({ settings }) => [JSON.stringify(settings.origin), settings.origin]));
    let [right, refused] = [0, 0];
    for (const [key, origin] of policies) {
      const server = await stage.start('server', { origin });
      const port = await server.call.port();
      for (const { id, settings } of FIXTURES) {
        if (JSON.stringify(settings.origin) === key && (await load.call.play(port, id))) right++;
      }
      refused += (await server.call.metrics()).refusals.ERR_SOKKER_ORIGIN ?? 0;
      await server.process.stop();
    }
    stage.expect({ asserted: 'origin fixtures answered as they should be', figure: right, equals: FIXTURES.length });
    const server = await stage.start('server', {});
    const port = await server.call.port();
    const metrics = server.call.metrics;
    stage.expect({
      asserted: 'by default only the same origin: lookalikes answered as they should be',
      figure: await load.call.lookalikes(port),
      equals: lookalikes(port).length,
      counter: fired(await metrics(), 'refusals.ERR_SOKKER_ORIGIN', 8),
    });
    stage.note(`${refused} of the fixtures were refused by their origin`);
  },
});
