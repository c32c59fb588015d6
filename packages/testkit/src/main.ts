/** `npx @sokker/testkit`: the fixtures against a server or a client that echoes. */
import { parseArgs } from 'node:util';
import { UsageError } from './errors.js';
import { Report } from './wire/report.js';
import type { WireResult } from './wire/result.js';
import { testClient } from './wire/test-client.js';
import { testServer } from './wire/test-server.js';

const USAGE = `Plays the fixtures of RFC 6455 and RFC 7692 to a WebSocket endpoint that sends back each message as it came.

  npx @sokker/testkit [options] ws://localhost:9001/     to a server that listens there
  npx @sokker/testkit [options] --listen 9001            to a client that connects to here, again and again

  --only REGEXP       those whose id fits, for example ^utf8/
  --late              to fail later than at the first possible byte will do
  --patience MS       how long a failure may take before it counts as late (250)
  --timeout MS        how long what must come may take (5000)
  --connections N     how many are open at a time, to a server (8)
  --host ADDRESS      where to listen (127.0.0.1)
  --json              each result as a line of JSON, and no table
  --help

Ends with 0 where nothing differs, 1 where something does, 2 where it could not be run.
`;

const OPTIONS = {
  listen: { type: 'string' },
  host: { type: 'string' },
  only: { type: 'string' },
  late: { type: 'boolean' },
  patience: { type: 'string' },
  timeout: { type: 'string' },
  connections: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

type Flags = ReturnType<typeof given>['values'];

function given() {
  return parseArgs({ options: OPTIONS, allowPositionals: true });
}

// Whoever reads the lines may have read enough, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

try {
  process.exitCode = await main();
} catch (error) {
  // Of a wrong call, and of what the system refuses, the sentence is enough; of a fault of ours it is not.
  const { code = '', syscall, message } = error as NodeJS.ErrnoException;
  const isSaid = error instanceof UsageError || code.startsWith('ERR_PARSE_ARGS') || syscall !== undefined;
  console.error(isSaid ? message : error);
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const { values: flags, positionals } = given();
  if (flags.help === true) {
    console.log(USAGE);
    return 0;
  }
  if (positionals.length !== (flags.listen === undefined ? 1 : 0)) {
    console.error(USAGE);
    return 2;
  }
  const report = new Report(flags);
  process.once('SIGINT', () => {
    report.end();
    process.exit(130);
  });
  try {
    for await (const result of run(flags, positionals)) report.add(result);
  } finally {
    // What was found before it could not go on says why, perhaps.
    report.end();
  }
  if (report.ran === 0) throw new UsageError('ERR_SOKKER_OPTION', 'no fixture that can be run here has such an id');
  return report.differing > 0 ? 1 : 0;
}

function run(flags: Flags, [url = '']: readonly string[]): AsyncIterable<WireResult> {
  const { only, patience, timeout, connections, listen, host } = flags;
  const options = {
    only: only === undefined ? undefined : regexpOf(only),
    patienceMs: numberOf(patience),
    timeoutMs: numberOf(timeout),
  };
  if (listen === undefined) {
    if (host !== undefined) throw new UsageError('ERR_SOKKER_OPTION', '--host goes with --listen');
    return testServer(url, { ...options, connections: numberOf(connections) });
  }
  if (connections !== undefined)
    throw new UsageError('ERR_SOKKER_OPTION', 'a client makes its connections: --connections is for servers');
  const onListening = (at: string): void => console.error(`waiting for a client at ${at}`);
  return testClient({ ...options, port: numberOf(listen), host, onListening });
}

function numberOf(flag: string | undefined): number | undefined {
  return flag === undefined ? undefined : Number(flag);
}

function regexpOf(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch (error) {
    throw new UsageError('ERR_SOKKER_OPTION', `--only: ${(error as Error).message}`);
  }
}
