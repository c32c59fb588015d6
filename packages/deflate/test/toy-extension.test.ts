// An extension that has nothing in common with deflate: its own name and bit, a parameter, pieces of odd sizes, no
// promise, no shared form. Whatever carries this carries any.
import type { MessageCoder, PieceCoder } from '@sokker/frame';
import type { Extension, ExtensionParameters } from '@sokker/handshake';
import { connect, echoServer } from './wire.js';

const MAX_SHIFT = 255;

/** Adds `shift` to every byte, three bytes at a time. */
class Shift implements PieceCoder {
  readonly #shift: number;
  #input = Buffer.alloc(0);

  constructor(shift: number) {
    this.#shift = shift;
  }

  write(bytes: Buffer): void {
    this.#input = Buffer.from(bytes);
  }

  read(): Buffer | undefined {
    if (this.#input.length === 0) return undefined;
    const piece = this.#input.subarray(0, 3);
    this.#input = this.#input.subarray(3);
    return Buffer.from(piece.map((byte) => byte + this.#shift));
  }
}

class ShiftCoder implements MessageCoder {
  readonly name = 'x-shift';
  readonly rsv = 2;
  readonly shareKey: string;
  readonly decode: PieceCoder;
  readonly encode: PieceCoder;
  closed = false;

  constructor(shift: number) {
    this.shareKey = `x-shift ${shift}`;
    this.encode = new Shift(shift);
    this.decode = new Shift(-shift);
  }

  wants(): boolean {
    return true;
  }

  encodeShared(): undefined {
    return undefined;
  }

  sharedSent(): void {}

  idle(): void {}

  close(): void {
    this.closed = true;
  }
}

function shift(by: number): Extension<ShiftCoder> & { readonly sessions: ShiftCoder[] } {
  const sessions: ShiftCoder[] = [];
  const open = (amount: number): ShiftCoder => {
    const coder = new ShiftCoder(amount);
    sessions.push(coder);
    return coder;
  };
  const amountOf = (parameters: ExtensionParameters): number => Number(parameters.get('by'));
  return {
    name: 'x-shift',
    sessions,
    offer: () => [new Map([['by', String(by)]])],
    accept(offers) {
      const parameters = offers.find((offer) => amountOf(offer) <= MAX_SHIFT);
      return parameters && { parameters, session: open(amountOf(parameters)) };
    },
    confirm: (parameters) => open(amountOf(parameters)),
  };
}

test('a toy extension works over the same sockets, with the same interface', async () => {
  const [ours, theirs] = [shift(0), shift(42)];
  const server = await echoServer(ours);
  const client = await connect(server.url, theirs);
  for (const text of ['Hello', '', 'a'.repeat(1000)]) {
    const answer = client.next();
    await client.send(Buffer.from(text));
    expect(String(await answer)).toBe(text);
  }
  client.close();
  server.close();
  expect([...ours.sessions, ...theirs.sessions].map(({ shareKey, closed }) => [shareKey, closed])).toEqual([
    ['x-shift 42', true],
    ['x-shift 42', true],
  ]);
});
