import { ITEM_BYTES } from './bytes.js';
import type { Engine } from './engine.js';
import { closed } from './failure.js';
import { Tally } from './tally.js';
import { rejected, unheard } from './unheard.js';

const NOTHING = Buffer.alloc(0);

/** Whole messages that the duplex has passed on, counted from the first time that this is asked. */
export function acceptedMessages({ outgoing }: Engine): number {
  return Tally.of(outgoing.writer).accepted;
}

/** Resolves when the duplex has passed on all that was given before; rejects when the connection ends before. */
export function awaitFlush({ outgoing, state }: Engine): Promise<void> {
  if (state === 'closed') return rejected(closed());
  const { writer } = outgoing;
  const { duplex } = writer;
  const flushed = new Promise<void>((resolve, reject) => {
    const run = (): undefined => {
      // What waits behind a message that is being made is not framed yet.
      if (writer.bufferedBytes === outgoing.waitingBytes) resolve();
      else if (writer.busy || writer.unhanded !== undefined)
        Tally.of(writer).wait({ resolve, reject }, writer.unhanded);
      // Of so little the duplex was not asked to tell. One that was destroyed calls back without an error.
      else duplex.write(NOTHING, () => (duplex.destroyed ? reject(closed()) : resolve()));
    };
    if (outgoing.busy) outgoing.later({ bytes: ITEM_BYTES, run, drop: reject });
    else run();
  });
  return unheard(flushed);
}
