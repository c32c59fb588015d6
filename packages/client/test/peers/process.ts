import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(__dirname, '../../../..');

/** A server in a process of its own. */
export interface PeerProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a program that prints its port as the first line. */
export async function startPeer(command: string, ...args: string[]): Promise<PeerProcess> {
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  const port = await firstLine(child);
  return {
    url: `ws://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        child.on('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}

function firstLine(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the peer ended with ${code} before it listened`)));
    const { stdout } = child;
    if (stdout === null) return reject(new Error('the peer has no output'));
    createInterface(stdout).once('line', (line) => resolve(Number(line)));
  });
}

/** The first of these programs that is installed; one in .bin may be a script that starts another process. */
export function program(...places: string[]): string {
  const found = places.map((place) => join(ROOT, place)).find((place) => existsSync(place));
  if (found === undefined) throw new Error(`not installed: ${places.join(', ')}`);
  return found;
}

/** A file beside this one, as the peer's own runtime takes it. */
export function scriptOf(name: string): string {
  return join(__dirname, name);
}
