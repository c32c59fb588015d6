/** F30: clocks that jump, and times that no timer keeps. */
import { connect } from '@sokker/client';
import { SokkerServer } from '@sokker/server';
import { LeapingClock } from '../clock.js';
import { echoing, host } from '../host.js';
import { others } from '../others.js';
import { fault, type Stage } from '../stage.js';
import { fired } from '../verdict.js';
import { sleep } from '../waiting.js';

const HOUR_MS = 3_600_000;
const TOO_LONG_MS = 2 ** 31;
/** Time for two Pings. */
const SETTLE_MS = 1000;
const TIMES = [
  'handshakeTimeoutMs',
  'pingIntervalMs',
  'idleTimeoutMs',
  'maxAgeMs',
  'messageTimeoutMs',
  'closeTimeoutMs',
];
const CLIENT_TIMES = ['connectTimeoutMs', 'tlsTimeoutMs', 'handshakeTimeoutMs', 'closeTimeoutMs'];

const actors = {
  server: async ({ real }: { real: boolean }) => {
    const clock = new LeapingClock();
    const server = echoing(new SokkerServer({ ...(!real && { clock }), pingIntervalMs: SETTLE_MS / 2 }));
    const { now } = Date;
    return {
      ...(await host(server, { clock })),
      /** The clock of the day jumps: what an administrator, or the end of a suspension, does. */
      jumpDate: (ms: number) => {
        const before = Date.now;
        Date.now = () => before() + ms;
      },
      restoreDate: () => void (Date.now = now),
      /** The clock that was handed in jumps, which it never should. */
      jump: (ms: number) => clock.leap(ms),
      refused: () => TIMES.filter((name) => throws(() => new SokkerServer({ [name]: TOO_LONG_MS }))).length,
    };
  },
  others,
  client: () => ({
    refused: async () => {
      const codes = await Promise.all(
        CLIENT_TIMES.map((name) =>
          connect('ws://127.0.0.1:1/', { [name]: TOO_LONG_MS }).catch((error: unknown) => error),
        ),
      );
      return codes.filter((error) => (error as NodeJS.ErrnoException).code === 'ERR_SOKKER_OPTION').length;
    },
  }),
};

function throws(act: () => unknown): boolean {
  try {
    act();
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_SOKKER_OPTION';
  }
}

async function jumps(stage: Stage<typeof actors>, real: boolean): Promise<void> {
  const count = stage.scale(1000, 200);
  const server = await stage.start('server', { real });
  const living = await stage.start('others', { port: await server.call.port(), count, everyMs: 500 });
  await living.call.start();
  await sleep(SETTLE_MS);
  for (const ms of [HOUR_MS, -HOUR_MS, 2 * HOUR_MS]) {
    await (real ? server.call.jumpDate(ms) : server.call.jump(ms));
    await sleep(SETTLE_MS);
  }
  const { open, echoes } = await living.call.stop();
  const metrics = await server.call.metrics();
  stage.expect({
    asserted: `${real ? 'the clock of the day' : 'the clock handed in'} jumps an hour on, back and two on: connections that live`,
    figure: echoes > 0 ? open : 0,
    equals: count,
    beside: `${metrics.decisions.unresponsive} taken for dead`,
    counter: fired(metrics, 'histograms.pingMs.count', count),
  });
  await Promise.all([server.process.stop(), living.process.stop()]);
}

export const F30 = fault({
  id: 'F30',
  title: 'clocks that jump',
  actors,
  async run(stage) {
    await jumps(stage, true);
    await jumps(stage, false);
    const server = await stage.start('server', { real: true });
    const client = await stage.start('client', undefined);
    stage.expect({
      asserted: 'options above 2³¹−1 ms, which Node would take for 1 ms: refused',
      figure: (await server.call.refused()) + (await client.call.refused()),
      equals: TIMES.length + CLIENT_TIMES.length,
    });
  },
});
