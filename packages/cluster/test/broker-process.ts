import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BINARIES = {
  redis: process.env.REDIS_SERVER ?? '/usr/bin/redis-server',
  nats: process.env.NATS_SERVER ?? '/usr/sbin/nats-server',
};
type Kind = keyof typeof BINARIES;

/** Why it cannot be started; undefined where it can. */
export function reasonAgainst(kind: Kind): string | undefined {
  try {
    accessSync(BINARIES[kind], constants.X_OK);
    return undefined;
  } catch {
    return `there is no ${kind}-server at ${BINARIES[kind]}: install it, or set ${kind.toUpperCase()}_SERVER to where it is`;
  }
}

/** A broker of its own, on loopback, which can be killed and started again in the same place. */
export class BrokerProcess {
  readonly port: number;
  readonly #kind: Kind;
  readonly #folder = mkdtempSync(join(tmpdir(), 'sokker-broker-'));
  #child: ChildProcess | undefined;

  private constructor(kind: Kind, port: number) {
    this.#kind = kind;
    this.port = port;
  }

  static async start(kind: Kind): Promise<BrokerProcess> {
    const broker = new BrokerProcess(kind, await freePort());
    await broker.start();
    return broker;
  }

  async start(): Promise<void> {
    const argv = this.#arguments();
    const child = spawn(BINARIES[this.#kind], argv, { cwd: this.#folder, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      let said = '';
      const read = (chunk: Buffer): void => {
        said += chunk.toString();
        if (/Ready to accept connections|Server is ready/.test(said)) resolve();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`${this.#kind}-server ended: ${said}`)));
    });
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true });
  }

  #arguments(): string[] {
    if (this.#kind === 'nats') return ['-a', '127.0.0.1', '-p', String(this.port)];
    return ['--bind', '127.0.0.1', '--port', String(this.port), '--save', '', '--appendonly', 'no'];
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
