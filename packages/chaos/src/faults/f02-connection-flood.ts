/** F02: more connections than there are file descriptors, than the server takes, and than one address may have. */
import { SokkerServer } from '@sokker/server';
import { echoing, host } from '../host.js';
import { others } from '../others.js';
import { manyTimes, Peer } from '../peer.js';
import { fault, type Stage } from '../stage.js';
import { fired } from '../verdict.js';
import { sleep } from '../waiting.js';

const FILES = 256;
const EXISTING = 20;
const HOLD_MS = 2000;
const LIMIT = 100;

interface ServerSetup {
  readonly maxConnections?: number;
  readonly maxConnectionsPerAddress?: number;
}

const actors = {
  server: (setup: ServerSetup) => host(echoing(new SokkerServer(setup))),
  others,
  load: ({ port }: { port: number }) => {
    const held: Peer[] = [];
    const open = async (localAddress?: string): Promise<string> => {
      try {
        held.push(await Peer.open(port, localAddress === undefined ? {} : { localAddress }));
        return 'open';
      } catch (error) {
        return String(error);
      }
    };
    return {
      flood: (count: number, localAddress?: string) => manyTimes(count, () => open(localAddress)),
      release: (count: number) => held.splice(0, count).forEach(({ socket }) => socket.destroy()),
      /** How long until one more is let in. */
      reopen: async () => {
        const from = performance.now();
        while ((await open()) !== 'open' && performance.now() - from < 10_000) await sleep(20);
        return performance.now() - from;
      },
    };
  },
};

async function outOfFiles(stage: Stage<typeof actors>): Promise<void> {
  const server = await stage.start('server', {}, { files: FILES });
  const port = await server.call.port();
  // What the echoes take is in the figure too, and is most of it: a slow machine must be able to hold the short form.
  const existing = await stage.start('others', { port, count: EXISTING, everyMs: stage.scale(50, 200) });
  const load = await stage.start('load', { port });
  const outcomes = await load.call.flood(1000);
  const opened = outcomes.filter((outcome) => outcome === 'open').length;
  const before = await server.call.cpuMs();
  const { echoes, open } = await existing.call.experience(HOLD_MS);
  const cpuMs = (await server.call.cpuMs()) - before;
  stage.expect({
    asserted: `1000 connections at ${FILES} file descriptors: let in, the others turned away at once`,
    figure: opened,
    atLeast: 100,
    atMost: FILES,
  });
  stage.expect({
    asserted: 'processor time of the server while no descriptor is left, with what the existing connections echo',
    figure: (100 * cpuMs) / HOLD_MS,
    unit: '%',
    atMost: 20,
    beside: `${echoes} echoes`,
  });
  stage.expect({
    asserted: 'existing connections that live and are echoed to',
    figure: echoes > 0 ? open : 0,
    equals: EXISTING,
  });
  await load.call.release(100);
  stage.expect({
    asserted: 'one more is let in after descriptors come back',
    figure: await load.call.reopen(),
    unit: 'ms',
    atMost: 1000,
    counter: fired(await server.call.metrics(), 'decisions.open', opened + EXISTING + 1),
  });
  await Promise.all([server.process.stop(), existing.process.stop(), load.process.stop()]);
}

async function overLimit(stage: Stage<typeof actors>, setup: ServerSetup, status: number, code: string): Promise<void> {
  const server = await stage.start('server', setup);
  const load = await stage.start('load', { port: await server.call.port() });
  const outcomes = await load.call.flood(LIMIT + 50, '127.0.2.1');
  const refused = outcomes.filter((outcome) => outcome.includes(` ${status} `) && /retry-after: \d/i.test(outcome));
  stage.expect({
    asserted: `50 connections above ${Object.keys(setup).join()}: answered ${status} with Retry-After`,
    figure: refused.length,
    equals: 50,
    counter: fired(await server.call.metrics(), `refusals.${code}`, 50),
  });
  await Promise.all([server.process.stop(), load.process.stop()]);
}

export const F02 = fault({
  id: 'F02',
  title: 'more connections than descriptors, or than are allowed',
  actors,
  async run(stage) {
    await outOfFiles(stage);
    await overLimit(stage, { maxConnections: LIMIT }, 503, 'ERR_SOKKER_TOO_MANY_CONNECTIONS');
    await overLimit(stage, { maxConnectionsPerAddress: LIMIT }, 429, 'ERR_SOKKER_TOO_MANY_FROM_ADDRESS');
  },
});
