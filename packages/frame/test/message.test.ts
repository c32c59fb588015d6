import { Message } from '../src/index.js';

test('bytes stay bytes until someone asks for text', () => {
  const data = Buffer.from('{"a":"é"}');
  const message = new Message('text', data);
  expect(message.data).toBe(data);
  expect([message.type, message.text(), message.json()]).toEqual(['text', '{"a":"é"}', { a: 'é' }]);
});

test('a byte order mark is part of the message (RFC 6455 §5.6)', () => {
  expect(new Message('text', Buffer.from('\ufeffa')).text()).toBe('\ufeffa');
});

test('json of what is none throws a SyntaxError', () => {
  expect(() => new Message('binary', Buffer.from('{')).json()).toThrow(SyntaxError);
});
