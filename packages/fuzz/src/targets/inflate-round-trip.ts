import { permessageDeflate } from '@sokker/deflate';
import { must } from '../target.js';

const EXTENSION = permessageDeflate({ preset: '200KiB' });

/** Whatever bytes there are, as messages: a server's session codes them, a client's gives them back. */
export function roundTrip(messages: readonly Buffer[]): void {
  const accepted = EXTENSION.accept([new Map([['client_max_window_bits', true]])]);
  if (accepted === undefined) throw new Error('its own offer was declined');
  const client = EXTENSION.confirm(accepted.parameters);
  try {
    for (const message of messages) {
      const coded = passed(accepted.session.encode, message);
      const plain = passed(client.decode, coded);
      must(plain.equals(message), 'output parses again', () => `${message.length} bytes came back as ${plain.length}`);
    }
  } finally {
    accepted.session.close();
    client.close();
  }
}

interface Coder {
  write(bytes: Buffer, last: boolean): void;
  read(): Buffer | undefined | Promise<Buffer | undefined>;
}

function passed(coder: Coder, message: Buffer): Buffer {
  const found: Buffer[] = [];
  coder.write(Buffer.from(message), true);
  for (let piece = coder.read(); piece !== undefined; piece = coder.read()) {
    if (!Buffer.isBuffer(piece)) throw new Error('this runtime works off the thread: nothing to fuzz in step');
    found.push(piece);
  }
  return Buffer.concat(found);
}
