// Every message and every error goes to a file of its own. A message is acknowledged, by its number on this
// connection, when it is on the disk: what was acknowledged survives any end of the process.
import { SokkerServer, type Message, type ServerConnection } from '@sokker/server';
import type { Journal } from './journal.js';

/** A connection is read no further while this much waits for the disk. */
const MAX_WAITING_CHARACTERS = 4 * 1024 * 1024;

export interface LogFiles {
  readonly messages: Journal;
  readonly errors: Journal;
}

/** @param onDiskFault called when a file can no longer be written: nothing more can be promised then */
export function createLogServer({ messages, errors }: LogFiles, onDiskFault: (error: unknown) => void): SokkerServer {
  const server = new SokkerServer();
  const receive = async (connection: ServerConnection): Promise<void> => {
    let received = 0;
    for await (const message of connection) {
      const number = String(++received);
      const written = messages.append(messageRecord(message, connection));
      written.then(() => connection.send(number)).catch(onDiskFault);
      // Else read on: what comes during one flush leaves with the next.
      if (messages.waitingCharacters >= MAX_WAITING_CHARACTERS) await written;
    }
  };
  server.on('connection', (connection) => {
    receive(connection).catch(onDiskFault);
  });
  server.on('error', (error, connection) => {
    errors.append(errorRecord(error, connection)).catch(onDiskFault);
  });
  return server;
}

function messageRecord({ type, data }: Message, { remoteAddress }: ServerConnection): object {
  const content = type === 'text' ? { text: data.toString('utf8') } : { base64: data.toString('base64') };
  return { at: new Date().toISOString(), from: remoteAddress, ...content };
}

function errorRecord(error: Error, connection: ServerConnection | undefined): object {
  const { code, section } = error as { readonly code?: unknown; readonly section?: unknown };
  return { at: new Date().toISOString(), from: connection?.remoteAddress, code, section, error: error.message };
}
