/** The command line of `npm run soak`. */
import { parseArgs } from 'node:util';
import { numberOf } from '../options.js';

export interface SoakOptions {
  readonly minutes: number;
  readonly connections: number;
  /** Over all connections. */
  readonly messagesPerSecond: number;
  /** Share of the connections that end and are replaced, each second. */
  readonly churn: number;
  /** Share of the connections that compress. */
  readonly deflate: number;
  readonly seed: number;
  readonly help: boolean;
}

export const USAGE = `npm run soak -- [options]
  --minutes M       how long (default 30)
  --connections N   held open (default 3000)
  --rate R          messages per second, over all connections (default 1500)
  --churn C         connections that end and are replaced, percent per second (default 1)
  --deflate D       connections that compress, percent (default 20)
  --seed S          an integer; sizes, order and churn follow from it (default 1)
  --help            this text
The exit code is 1 for an error, a lost or changed message, or a heap that grows.
`;

const PERCENT = 100;

/** @throws Error with a sentence for the user */
export function parseSoak(args: readonly string[]): SoakOptions {
  const text = { type: 'string' } as const;
  const help = { type: 'boolean', default: false } as const;
  const names = { minutes: text, connections: text, rate: text, churn: text, deflate: text, seed: text, help };
  const { values } = parseArgs({ args: [...args], options: names });
  return {
    minutes: numberOf('--minutes', values.minutes, 30),
    connections: Math.ceil(numberOf('--connections', values.connections, 3000)),
    messagesPerSecond: numberOf('--rate', values.rate, 1500),
    churn: numberOf('--churn', values.churn, 1) / PERCENT,
    deflate: numberOf('--deflate', values.deflate, 20) / PERCENT,
    seed: numberOf('--seed', values.seed, 1),
    help: values.help,
  };
}
