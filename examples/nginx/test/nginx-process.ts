// nginx in the foreground, with the example's configuration, on ports and in a folder of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../test/example-process.js';

const BINARY = process.env.NGINX ?? '/usr/sbin/nginx';
const CONFIGURATION = join(ROOT, 'examples/nginx/nginx.conf');
const CERTIFICATES = join(ROOT, 'packages/client/test/certificates');

/** Whom the certificate's issuer has to be for a client to believe nginx. */
export const AUTHORITY = readFileSync(join(CERTIFICATES, 'ca.pem'));

/** Why it cannot be started; undefined where it can. */
export function reasonAgainst(): string | undefined {
  try {
    accessSync(BINARY, constants.X_OK);
    return undefined;
  } catch {
    return `there is no nginx at ${BINARY}: install it, or set NGINX to where it is`;
  }
}

export class NginxProcess {
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string, [httpPort, httpsPort]: readonly [number, number]) {
    this.#child = child;
    this.#folder = folder;
    this.httpPort = httpPort;
    this.httpsPort = httpsPort;
  }

  /** @param upstream the port of the server behind it */
  static async start(upstream: number, readTimeout = '90s'): Promise<NginxProcess> {
    const ports = [await freePort(), await freePort()] as const;
    const folder = mkdtempSync(join(tmpdir(), 'sokker-nginx-'));
    // Its workers may be another user.
    chmodSync(folder, 0o755);
    copyFileSync(join(CERTIFICATES, 'good.pem'), join(folder, 'certificate.pem'));
    const text = readFileSync(CONFIGURATION, 'utf8')
      .replace('127.0.0.1:8080', `127.0.0.1:${ports[0]}`)
      .replace('127.0.0.1:8443', `127.0.0.1:${ports[1]}`)
      .replace('127.0.0.1:3000', `127.0.0.1:${upstream}`)
      .replace('proxy_read_timeout 90s', `proxy_read_timeout ${readTimeout}`)
      .replace('error_log stderr warn', 'error_log stderr notice');
    writeFileSync(join(folder, 'nginx.conf'), text);
    const child = spawn(BINARY, ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const nginx = new NginxProcess(child, folder, ports);
    await nginx.#ready();
    return nginx;
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    if (this.#child.exitCode === null && this.#child.kill('SIGTERM')) await exited;
    rmSync(this.#folder, { recursive: true });
  }

  /** It says when it has workers; its ports are open by then. */
  async #ready(): Promise<void> {
    let said = '';
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    const exited = once(this.#child, 'exit').then(() => {
      throw new Error(`nginx ended: ${said}`);
    });
    while (!said.includes('start worker process ')) {
      await Promise.race([once(this.#child.stderr ?? this.#child, 'data'), exited]);
    }
    exited.catch(() => undefined);
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
