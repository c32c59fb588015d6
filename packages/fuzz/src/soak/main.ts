/* `npm run soak`: see USAGE in options.ts. Clients here, the server in a process of its own. */
import { dirname, extname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../random.js';
import { Crowd } from './crowd.js';
import { fillSource } from './messages.js';
import { parseSoak, USAGE, type SoakOptions } from './options.js';
import { SoakRecord } from './record.js';
import { ServerHandle } from './server-handle.js';

const TICK_MS = 20;
const MINUTE_MS = 60_000;
const WRONG_USE = 2;
/** So many samples a run, but not more often than that. */
const SAMPLES = 60;
const MIN_SAMPLE_MS = 5000;

async function soak(options: SoakOptions): Promise<SoakRecord> {
  const script = process.argv[1] ?? '';
  const server = await ServerHandle.start(join(dirname(script), `server-process${extname(script)}`));
  const random = new Random(options.seed);
  const record = new SoakRecord();
  fillSource(random);
  const crowd = new Crowd(options, server.port, random, record);
  let stopped = false;
  process.once('SIGINT', () => (stopped = true));
  try {
    const lengthMs = options.minutes * MINUTE_MS;
    const sampleMs = Math.min(lengthMs / 4, Math.max(MIN_SAMPLE_MS, lengthMs / SAMPLES));
    const start = performance.now();
    let before = start;
    for (let nextSample = sampleMs; !stopped && before - start < lengthMs;) {
      await delay(TICK_MS);
      const now = performance.now();
      crowd.tick(Math.min(now - before, 10 * TICK_MS));
      before = now;
      if (now - start < nextSample) continue;
      nextSample += sampleMs;
      console.log(record.sample(now - start, await server.sample(), crowd.size));
    }
    await crowd.end();
    record.end(await server.sample('once it is empty'));
    return record;
  } finally {
    await server.stop();
  }
}

async function main(args: readonly string[]): Promise<number> {
  let options: SoakOptions;
  try {
    options = parseSoak(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return WRONG_USE;
  }
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  console.log(`seed ${options.seed}, ${options.connections} connections, ${options.minutes} min`);
  const record = await soak(options);
  console.log(record.summary());
  return record.passed ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
