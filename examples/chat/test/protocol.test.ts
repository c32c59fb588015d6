import { Message } from '@sokker/frame';
import { MAX_NAME_LENGTH, MAX_REQUEST_BYTES, MAX_TEXT_LENGTH, parseRequest, RequestError } from '../protocol.js';

const KEY = 'a1b2c3d4e5f6a7b8';
const said = (value: unknown): Message => new Message('text', Buffer.from(JSON.stringify(value)));

test.each([
  ['a name', { type: 'join', name: 'Ada', key: KEY }, { type: 'join', name: 'Ada', key: KEY }],
  ['a name with room around it', { type: 'join', name: '  Ada \t Byron\n', key: KEY }, { name: 'Ada Byron' }],
  ['a name that would turn the line around', { type: 'join', name: 'Ada\u202e', key: KEY }, { name: 'Ada' }],
  ['a name of several code points a character', { type: 'join', name: '👩‍💻', key: KEY }, { name: '👩‍💻' }],
  ['a text', { type: 'say', id: '1', text: 'Hello' }, { type: 'say', id: '1', text: 'Hello' }],
  ['lines', { type: 'say', id: '1', text: ' one\r\ntwo\rthree\n' }, { text: 'one\ntwo\nthree' }],
  ['markup, which is text', { type: 'say', id: '1', text: '<b>&amp;' }, { text: '<b>&amp;' }],
  ['controls', { type: 'say', id: '1', text: 'a\u0000b\u001bc' }, { text: 'abc' }],
  ['as much as fits', { type: 'say', id: 'i'.repeat(64), text: 'x'.repeat(MAX_TEXT_LENGTH) }, { type: 'say' }],
])('takes %s', (_name, sent, request) => {
  expect(parseRequest(said(sent))).toMatchObject(request);
});

test.each<[string, Message]>([
  ['binary', new Message('binary', Buffer.from('{}'))],
  ['what is no JSON', new Message('text', Buffer.from('{'))],
  ['null', said(null)],
  ['a list', said([])],
  ['another type', said({ type: 'shout' })],
  ['an inherited type', said({ type: 'toString' })],
  ['no name', said({ type: 'join', key: KEY })],
  ['an empty name', said({ type: 'join', name: ' \u202e ', key: KEY })],
  ['a long name', said({ type: 'join', name: 'x'.repeat(MAX_NAME_LENGTH + 1), key: KEY })],
  ['a name that is a number', said({ type: 'join', name: 7, key: KEY })],
  ['a short key', said({ type: 'join', name: 'Ada', key: KEY.slice(1) })],
  ['an id with other characters', said({ type: 'say', id: 'a.b', text: 'x' })],
  ['no text', said({ type: 'say', id: '1' })],
  ['an empty text', said({ type: 'say', id: '1', text: '\n' })],
  ['a long text', said({ type: 'say', id: '1', text: 'x'.repeat(MAX_TEXT_LENGTH + 1) })],
])('refuses %s in a sentence', (_name, message) => {
  expect(() => parseRequest(message)).toThrow(RequestError);
  expect(() => parseRequest(message)).toThrow(/^[A-Z'].*\.$/);
});

test('the longest text fits into a request, every character escaped', () => {
  const request = { type: 'say', id: 'i'.repeat(64), text: '\u0001'.repeat(MAX_TEXT_LENGTH) };
  expect(JSON.stringify(request).length).toBeLessThan(MAX_REQUEST_BYTES);
});
