import type { Connection } from '@sokker/connection';
import fc from 'fast-check';
import { Outbox } from '../src/outbox.js';

test('it counts what was sent and is not accepted, and what never leaves, as a naive sum does', () => {
  const step = fc.record({
    type: fc.constantFrom('send', 'keep', 'accept', 'look'),
    data: fc.string({ unit: 'grapheme' }),
    count: fc.nat(4),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const sent: string[] = [];
      const kept: string[] = [];
      const connection = { acceptedMessages: 0, send: (data: string) => sent.push(data) };
      const outbox = new Outbox();
      outbox.open(connection as unknown as Connection);
      const expectBytes = (): void => {
        const waiting = [...sent.slice(connection.acceptedMessages), ...kept];
        expect(outbox.bytes).toBe(waiting.reduce((sum, data) => sum + Buffer.byteLength(data), 0));
      };
      for (const { type, data, count } of steps) {
        if (type === 'send') outbox.send(data);
        if (type === 'keep') outbox.keep(data);
        if (type === 'keep') kept.push(data);
        if (type === 'accept') connection.acceptedMessages = Math.min(sent.length, connection.acceptedMessages + count);
        if (type === 'look') expectBytes();
      }
      expectBytes();
    }),
  );
});
