/** Both of Sokker's own ends, which all fixtures are played to. */
import { connect, type ConnectOptions } from '@sokker/client';
import { SokkerServer, type ServerOptions } from '@sokker/server';
import { testClient, testServer, type WireResult } from '../../src/index.js';
import { found, IN_THE_END, type IN_VAIN } from './runs.js';

export async function playToServer(url: string, waits: typeof IN_VAIN, only?: RegExp): Promise<WireResult[]> {
  const results: WireResult[] = [];
  for await (const result of testServer(url, { ...waits, only })) results.push(result);
  return results;
}

export async function playToClient(
  come: (url: string) => Promise<void>,
  waits: typeof IN_VAIN,
  only?: RegExp,
): Promise<WireResult[]> {
  const results: WireResult[] = [];
  let coming: Promise<void> | undefined;
  for await (const result of testClient({ ...waits, only, onListening: (url) => void (coming = come(url)) })) {
    results.push(result);
  }
  // Nobody listens any more, and so it ends by itself.
  await coming;
  return results;
}

/** A client that comes again until nobody listens. */
async function echo(url: string, options: ConnectOptions): Promise<void> {
  for (;;) {
    try {
      const connection = await connect(url, options);
      for await (const { data, type } of connection) connection.send(data, { type });
    } catch (error) {
      if ((error as { cause?: { code?: string } }).cause?.code === 'ECONNREFUSED') return;
    }
  }
}

/** @param right how many are not left out */
export async function expectRightServer(extensions: ServerOptions['extensions'], right: number): Promise<void> {
  const server = new SokkerServer({ origin: 'any', extensions });
  server.on('message', ({ data, type }, connection) => connection.send(data, { type }));
  const { port } = await server.listen(0, '127.0.0.1');
  try {
    expectRight(await playToServer(`ws://127.0.0.1:${port}/any?path=1`, IN_THE_END), right);
  } finally {
    await server.close();
  }
}

export async function expectRightClient(options: ConnectOptions, right: number): Promise<void> {
  expectRight(await playToClient((url) => echo(url, options), IN_THE_END), right);
}

function expectRight(results: readonly WireResult[], right: number): void {
  expect(found(results)).toEqual([]);
  expect(results.filter(({ pending }) => pending === undefined)).toHaveLength(right);
  expect(new Set(results.map(({ fixture: { id } }) => id)).size).toBe(results.length);
}
