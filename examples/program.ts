// What the example programs have in common: where they listen, how they end, and how they fail.
import type { AddressInfo, Server } from 'node:net';

const MAX_PORT = 65_535;

/** Something that goes on until it is told to end. */
export interface Running {
  /** One line for whoever started it. */
  readonly greeting: string;
  close(): Promise<void>;
}

/** Why a program cannot start or go on, in one sentence that says what to do: shown without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** The port to listen on: PORT from the environment, or the default. */
export function portFrom(environment: NodeJS.ProcessEnv, standard: number): number {
  const { PORT: text = '' } = environment;
  if (text === '') return standard;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity;
  if (port > MAX_PORT) throw new StartError(`PORT must be a number from 0 to ${MAX_PORT}, not '${text}'.`);
  return port;
}

/** Has a server listen, of HTTP or of bare sockets. @throws StartError */
export async function listen(server: Server, port: number, host?: string): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException): void => {
      const inUse = `Port ${port} is in use: stop the program that has it, or set PORT to another.`;
      const other = `Port ${port} cannot be listened on (${cause.code ?? cause.message}): set PORT to another.`;
      reject(new StartError(cause.code === 'EADDRINUSE' ? inUse : other, { cause }));
    };
    server.once('error', onError).listen({ port, ...(host !== undefined && { host }) }, () => {
      server.off('error', onError).on('error', (error) => console.error(error.message));
      resolve();
    });
  });
  return server.address() as AddressInfo;
}

/** Where a browser on this machine finds it. */
export function addressOf({ address, family, port }: AddressInfo): string {
  if (address === '::' || address === '0.0.0.0') return `localhost:${port}`;
  return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Runs a program until SIGINT or SIGTERM; a second signal ends it at once. */
export async function run(start: () => Promise<Running>): Promise<void> {
  try {
    const running = await start();
    // First the signals: who reads the greeting may send one.
    const stop = (): void => {
      running.close().catch(fail);
    };
    process.once('SIGINT', stop).once('SIGTERM', stop);
    console.log(running.greeting);
  } catch (error) {
    fail(error);
  }
}

/** Ends the process with status 1: with a sentence where we know what to do about it, else with a stack. */
export function fail(error: unknown): never {
  console.error(isExpected(error) ? sentence(error.message) : error);
  process.exit(1);
}

/** Our own refusals, and the server's: an address in use, a wrong option. */
function isExpected(error: unknown): error is Error {
  if (error instanceof StartError) return true;
  return error instanceof Error && String((error as { code?: unknown }).code).startsWith('ERR_SOKKER_');
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return capital.endsWith('.') ? capital : `${capital}.`;
}
