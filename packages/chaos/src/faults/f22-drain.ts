/** F22: a server goes out of service while ten thousand clients are connected and messages are on their way. */
import { SokkerServer, type ServerMetrics } from '@sokker/server';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { host } from '../host.js';
import { openPeers, Peer } from '../peer.js';
import { fault, type Stage } from '../stage.js';
import { fired } from '../verdict.js';
import { sleep } from '../waiting.js';

/** Clients that never answer a Close. */
const STUBBORN = 5;
const MESSAGE_EVERY_MS = 200;

interface DrainSetup {
  readonly deadlineMs: number;
  readonly spreadMs: number;
}

const actors = {
  server: async () => {
    const server = new SokkerServer({ closeTimeoutMs: 60_000 });
    const http = createServer();
    server.attach(http);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    let sent = 0;
    // Each message is small, and says which it is: what was accepted before the Close must arrive before it.
    const speak = (): void => {
      for (const connection of server.clients) {
        if (connection.state === 'open') sent += Number(connection.send('news'));
      }
    };
    const timer = setInterval(speak, MESSAGE_EVERY_MS);
    return {
      ...(await host(server)),
      httpPort: () => (http.address() as AddressInfo).port,
      drain: async (setup: DrainSetup) => {
        const report = await server.drain({ ...setup, code: 1012 });
        clearInterval(timer);
        http.close();
        return { report, sent, metrics: server.metrics() };
      },
    };
  },
  load: async ({ port, count }: { port: number; count: number }) => {
    let received = 0;
    const onFrame = (): void => {
      received++;
    };
    const peers = await openPeers(port, count, { onFrame });
    const stubborn = await openPeers(port, STUBBORN, { onFrame, answers: false });
    return {
      ends: async () => {
        const codes = await Promise.all(peers.map(({ closed }) => closed));
        await Promise.all(stubborn.map(({ closed }) => closed));
        return { told: codes.filter((code) => code === 1012).length, received };
      },
    };
  },
  late: ({ port }: { port: number }) => ({
    refused: () => Peer.open(port).then(() => 'open', String),
  }),
};

interface Drained {
  readonly report: { readonly clean: number; readonly forced: number };
  readonly metrics: ServerMetrics;
}

function expectEnds(stage: Stage<typeof actors>, count: number, { report, metrics }: Drained, told: number): void {
  stage.expect({
    asserted: `${count + STUBBORN} clients, ${STUBBORN} of which answer no Close: those that ended cleanly`,
    figure: (100 * report.clean) / count,
    unit: '%',
    atLeast: 99.9,
    beside: `${told} were told 1012`,
    counter: fired(metrics, 'decisions.drained', 1),
  });
  stage.expect({ asserted: 'cut at the deadline: those that answer none', figure: report.forced, equals: STUBBORN });
}

export const F22 = fault({
  id: 'F22',
  title: 'a server goes out of service',
  actors,
  async run(stage) {
    const count = stage.connections(10_000, 1000) - STUBBORN;
    const setup = { deadlineMs: stage.scale(15_000, 4000), spreadMs: stage.scale(5000, 1500) };
    const server = await stage.start('server', undefined);
    const load = await stage.start('load', { port: await server.call.port(), count });
    const late = await stage.start('late', { port: await server.call.httpPort() });
    await sleep(1000);
    const ends = load.call.ends();
    await server.call.detach();
    const from = performance.now();
    const draining = server.call.drain(setup);
    await sleep(200);
    const refused = await late.call.refused();
    const drained = await draining;
    const { report, sent, metrics } = drained;
    const { told, received } = await ends;
    const { code, at } = await server.process.exited;
    expectEnds(stage, count, drained, told);
    stage.expect({
      asserted: `the process exits by itself (${code}), after the deadline by`,
      figure: code === 0 ? at - from - setup.deadlineMs : Infinity,
      unit: 'ms',
      atMost: 100,
      beside: `the drain itself by ${(report.elapsedMs - setup.deadlineMs).toFixed(0)}`,
    });
    stage.expect({
      asserted: 'messages that were accepted and did not arrive',
      figure: sent - received,
      equals: 0,
      beside: `of ${sent}`,
    });
    stage.expect({
      asserted: 'who comes meanwhile is answered 503 with Retry-After',
      figure: Number(refused.includes(' 503 ') && /retry-after/i.test(refused)),
      equals: 1,
      counter: fired(metrics, 'refusals.ERR_SOKKER_SERVER_CLOSING'),
    });
  },
});
