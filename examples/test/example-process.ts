// An example as its users start it: a process of its own, from the sources, on a free port.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../..');

export interface Ending {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

export class ExampleProcess {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #ending: Promise<Ending>;

  constructor(child: ChildProcess, ending: Promise<Ending>, port: number) {
    this.#child = child;
    this.#ending = ending;
    this.port = port;
  }

  kill(signal: NodeJS.Signals): Promise<Ending> {
    this.#child.kill(signal);
    return this.#ending;
  }
}

const running = new Set<ChildProcess>();

/** What a test that failed left behind. */
export function killRemaining(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Starts an example, or any other program, and waits for the line that says where it listens. */
export async function startExample(path: string, environment: NodeJS.ProcessEnv = {}): Promise<ExampleProcess> {
  const { child, ending, output } = begin(path, environment);
  const port = await Promise.race([portIn(child, output), ending.then(failed)]);
  return new ExampleProcess(child, ending, port);
}

/** Runs an example that ends by itself. */
export function runExample(
  path: string,
  environment: NodeJS.ProcessEnv = {},
  options: readonly string[] = [],
): Promise<Ending> {
  return begin(path, environment, options).ending;
}

function begin(path: string, environment: NodeJS.ProcessEnv, options: readonly string[] = []) {
  const child = spawn(process.execPath, ['--import', 'tsx', path, ...options], {
    cwd: ROOT,
    env: { ...process.env, TSX_TSCONFIG_PATH: join(ROOT, 'tsconfig.json'), PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const output = { text: '' };
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.text += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ending = once(child, 'close').then(([status, signal]): Ending => {
    running.delete(child);
    return { status: status as number | null, signal: signal as NodeJS.Signals | null, output: output.text, errors };
  });
  return { child, ending, output };
}

async function portIn(child: ChildProcess, output: { readonly text: string }): Promise<number> {
  for (;;) {
    const [, port] = /(?:localhost:|port: )(\d+)/.exec(output.text) ?? [];
    if (port !== undefined) return Number(port);
    await once(child.stdout ?? child, 'data');
  }
}

function failed({ status, errors }: Ending): never {
  throw new Error(`ended with status ${status} before it listened: ${errors}`);
}
