import { COOKIE, SESSION_MS, Sessions } from '../session.js';

let now = 1000;
const sessions = new Sessions(Buffer.alloc(32, 1), () => now);
const cookie = `${COOKIE}=${sessions.begin('Ada')}`;

test('what was begun is found, among other cookies too, until it is over', () => {
  const session = { user: 'Ada', until: 1000 + SESSION_MS };
  expect(sessions.find(cookie)).toEqual(session);
  expect(sessions.find(`theme=dark; ${cookie}; other=1`)).toEqual(session);
  now = session.until;
  expect(sessions.find(cookie)).toBeUndefined();
  now = 1000;
});

const [content = '', signature = ''] = cookie.split('.');
test.each([
  ['no cookie', undefined],
  ['an empty header', ''],
  ['another cookie', cookie.replace(COOKIE, 'other')],
  ['no signature', content],
  ['a signature cut short', `${content}.${signature.slice(0, -4)}`],
  ['the signature of another content', `${content}A.${signature}`],
  ['the signature of another secret', `${COOKIE}=${new Sessions(Buffer.alloc(32, 2), () => now).begin('Ada')}`],
])('%s is no session', (_name, cookies) => {
  expect(sessions.find(cookies)).toBeUndefined();
});
