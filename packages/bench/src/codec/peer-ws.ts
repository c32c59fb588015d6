/** The public codec classes of `ws`, which its type definitions leave out. */
import type { Writable } from 'node:stream';
import * as ws from 'ws';

interface ReceiverOptions {
  readonly isServer: boolean;
  readonly maxPayload: number;
}
interface SendOptions {
  readonly binary: boolean;
  readonly fin: boolean;
  readonly mask: boolean;
  readonly compress: boolean;
}
interface Sender {
  send(data: Buffer | string, options: SendOptions): void;
}
interface Codec {
  readonly Receiver: new (options: ReceiverOptions) => Writable;
  readonly Sender: new (socket: Writable) => Sender;
}

export const { Receiver, Sender } = ws as unknown as Codec;
