import { Message } from '@sokker/frame';
import { bytesIn } from '../src/received.js';
import { WaitingMessages } from '../src/waiting-messages.js';

const KIB = 1024;

test('one message of any size, and 64 KiB beyond it, in order', () => {
  const waiting = new WaitingMessages();
  const messages = [200, 40, 20, 10].map((kib) => new Message('binary', Buffer.alloc(kib * KIB)));
  const full = messages.map((message) => {
    waiting.add(message);
    return waiting.full;
  });
  expect(full).toEqual([false, false, false, true]);
  expect([...waiting]).toEqual(messages);
  expect(waiting.bytes).toBe(messages.reduce((sum, message) => sum + bytesIn(message), 0));
});
