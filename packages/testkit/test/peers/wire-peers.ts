/** Peers that are met on the wire, each in a process of its own, as a server, a client, or both. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testClient, testServer, type Family, type WireResult } from '../../src/index.js';
import type { Peer, PeerResult } from './peer.js';

const PROGRAMS = join(import.meta.dirname, 'wire');
const BUN = join(import.meta.dirname, '..', '..', '..', '..', 'node_modules', '.bin', 'bun');
const CHROMIUM = '/usr/bin/chromium';
/** A browser waits before it connects again where some connections have failed. */
const BROWSER_MS = 20_000;

export const bunPeer: Peer = {
  name: 'Bun',
  version: execFileSync(BUN, ['--version'], { encoding: 'utf8' }).trim(),
  async run(families) {
    const server = spawn(BUN, [join(PROGRAMS, 'bun-server.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [port] = (await once(server.stdout, 'data')) as [Buffer];
    const served = await resultsOf(testServer(`ws://127.0.0.1:${String(port).trim()}/`), families);
    server.stdin.end();
    const dialled = await visitedBy((url) => spawn(BUN, [join(PROGRAMS, 'echo-client.mjs'), url]), families, 5000);
    return [...served, ...dialled];
  },
};

/** `undefined` where it is not installed. */
export function chromiumPeer(): Peer | undefined {
  if (!existsSync(CHROMIUM)) return undefined;
  const [version = ''] = /[\d.]+/.exec(execFileSync(CHROMIUM, ['--version'], { encoding: 'utf8' })) ?? [];
  return {
    name: 'Chromium',
    version,
    async run(families) {
      const profile = mkdtempSync(join(tmpdir(), 'sokker-chromium-'));
      const argv = [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--remote-debugging-port=0',
        `--user-data-dir=${profile}`,
      ];
      try {
        return await visitedBy(
          (url) => spawn(CHROMIUM, [...argv, `file://${PROGRAMS}/echo-client.html#${url}`]),
          families,
          BROWSER_MS,
        );
      } finally {
        rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
      }
    },
  };
}

async function visitedBy(
  start: (url: string) => ChildProcess,
  families: readonly Family[],
  timeoutMs: number,
): Promise<PeerResult[]> {
  let child: ChildProcess | undefined;
  const end = new AbortController();
  const onListening = (url: string): void => {
    child = start(url);
    child.once('exit', () => end.abort(new Error('the client has ended')));
  };
  try {
    return await resultsOf(testClient({ timeoutMs, onListening, signal: end.signal }), families);
  } finally {
    if (child?.exitCode === null) {
      child.kill();
      await once(child, 'exit');
    }
  }
}

async function resultsOf(results: AsyncIterable<WireResult>, families: readonly Family[]): Promise<PeerResult[]> {
  const own: PeerResult[] = [];
  for await (const { fixture, pending, findings } of results) {
    const family = families.find((each) => each.fixtures.some(({ id }) => id === fixture.id));
    if (family !== undefined && pending === undefined) own.push({ family, fixture, findings });
  }
  return own;
}
