/** F12: request heads without end: five thousand headers, a header of a megabyte. */
import { SokkerServer } from '@sokker/server';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { echoing, host } from '../host.js';
import { dial, Peer, requestHead } from '../peer.js';
import { fault, type Stage } from '../stage.js';
import { fired } from '../verdict.js';

const REPEATS = 20;

const HEADS = {
  '5000 headers': Array.from({ length: 5000 }, (_, at) => `X-H${at}: v\r\n`).join(''),
  'a header of 1 MiB': `X-Long: ${'v'.repeat(1024 * 1024)}\r\n`,
  'a name of 1 MiB': `X-${'n'.repeat(1024 * 1024)}: v\r\n`,
  '150 headers': Array.from({ length: 150 }, (_, at) => `X-H${at}: v\r\n`).join(''),
} as const;
type Head = keyof typeof HEADS;

const actors = {
  server: async () => {
    const server = echoing(new SokkerServer());
    const http = createServer();
    server.attach(http);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return {
      ...(await host(server)),
      httpPort: () => (http.address() as AddressInfo).port,
    };
  },
  load: () => ({
    ask: async (port: number, head: Head) => {
      let refused = 0;
      for (let times = 0; times < REPEATS; times++) {
        if ((await answerTo(port, requestHead(port, { headers: HEADS[head] }))).includes(' 431 ')) refused++;
      }
      return refused;
    },
    /** Whether an honest client is served. */
    opens: async (port: number) => {
      const peer = await Peer.open(port);
      peer.close();
      return (await peer.closed) === 1000;
    },
  }),
};

function answerTo(port: number, request: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = dial(port);
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
    socket.once('close', () => resolve(answer.slice(0, answer.indexOf('\r\n'))));
    socket.write(request);
  });
}

async function ask(stage: Stage<typeof actors>, head: Head, attached: boolean): Promise<void> {
  const server = await stage.start('server', undefined);
  const load = await stage.start('load', undefined);
  const port = await (attached ? server.call.httpPort() : server.call.port());
  await load.call.opens(port);
  const before = await server.call.cpuMs();
  const refused = await load.call.ask(port, head);
  const each = ((await server.call.cpuMs()) - before) / REPEATS;
  const alive = await load.call.opens(port);
  // The head reader of node:http has limits of its own, and answers for itself before the server hears of it.
  const ours = !attached || head === '150 headers';
  const code = head.endsWith('headers') ? 'ERR_SOKKER_TOO_MANY_HEADERS' : 'ERR_SOKKER_HEAD_TOO_BIG';
  const where = attached ? 'beside node:http' : 'on a port of its own';
  stage.expect({
    asserted: `${head}, ${where}: answered 431 of ${REPEATS}, an honest client served afterwards`,
    figure: alive ? refused : 0,
    equals: REPEATS,
    ...(ours && { counter: fired(await server.call.metrics(), `refusals.${code}`, REPEATS) }),
  });
  stage.expect({ asserted: `${head}, ${where}: processor time of each`, figure: each, unit: 'ms', atMost: 50 });
  await Promise.all([server.process.stop(), load.process.stop()]);
}

export const F12 = fault({
  id: 'F12',
  title: 'request heads without end',
  actors,
  async run(stage) {
    for (const head of Object.keys(HEADS) as Head[]) {
      await ask(stage, head, false);
      if (!stage.short || head === '150 headers') await ask(stage, head, true);
    }
  },
});
