// A log on ws://localhost:3000, or PORT, in messages.jsonl and errors.jsonl of the folder LOG_FOLDER, default the
// current one.
import { join } from 'node:path';
import { addressOf, fail, portFrom, run, StartError } from '../program.js';
import { Journal } from './journal.js';
import { createLogServer } from './log-server.js';

await run(async () => {
  const folder = process.env.LOG_FOLDER ?? '.';
  const messages = await openIn(folder, 'messages.jsonl');
  const errors = await openIn(folder, 'errors.jsonl');
  const server = createLogServer({ messages, errors }, (cause) => {
    fail(new StartError(`The log cannot be written any more (${codeOf(cause)}): see to the disk, then start again.`));
  });
  const address = await server.listen(portFrom(process.env, 3000));
  return {
    greeting: `The log is on ws://${addressOf(address)}`,
    async close() {
      await server.close();
      await Promise.all([messages.close(), errors.close()]);
    },
  };
});

async function openIn(folder: string, name: string): Promise<Journal> {
  const path = join(folder, name);
  try {
    return await Journal.open(path);
  } catch (cause) {
    const advice = 'set LOG_FOLDER to a folder that can';
    throw new StartError(`${path} cannot be written (${codeOf(cause)}): ${advice}.`, { cause });
  }
}

function codeOf(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  return code ?? String(message);
}
