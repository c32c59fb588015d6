import { UpgradePolicy } from '../src/index.js';
import { toy } from './extensions.js';

test.each([
  [undefined, 'a', undefined, true],
  [['a'], 'a', undefined, true],
  [['a'], 'a', 8080, true],
  [['a'], 'b', undefined, false],
  [['b', 'A:8080'], 'a', 8080, true],
  [['a:8080'], 'a', 8081, false],
  [['a:8080'], 'a', undefined, false],
  [['a:80'], 'a', undefined, true],
  [['a:443'], 'a', undefined, true],
  [[], 'a', undefined, false],
])('hosts %j: %s, port %s is served: %s', (hosts, host, port, served) => {
  const policy = new UpgradePolicy(hosts === undefined ? {} : { hosts });
  expect(policy.serves({ host, port })).toBe(served);
});

test('headers are copied and checked once, as pairs', () => {
  const headers = { A: '1', B: ['2', '3'] };
  const policy = new UpgradePolicy({ headers });
  headers.A = '4';
  expect(policy.headers).toEqual([
    ['A', '1'],
    ['B', '2'],
    ['B', '3'],
  ]);
  expect(UpgradePolicy.from(policy)).toBe(policy);
});

test.each<[object, string]>([
  [{ host: 'a' }, "UpgradePolicy has no option 'host'"],
  [{ hosts: ['a/'] }, "hosts must list hosts, 'example.com' or 'example.com:8080'"],
  [{ hosts: [1] }, "hosts must list hosts, 'example.com' or 'example.com:8080'"],
  [{ subprotocols: ['a', 'a'] }, 'UpgradePolicy: subprotocols'],
  [{ extensions: [toy(' ')] }, 'UpgradePolicy: extensions must be named by tokens'],
  [{ extensions: [null] }, 'UpgradePolicy: extensions must be named by tokens'],
  [{ extensions: [toy] }, 'UpgradePolicy: extensions must have offer, accept and confirm'],
  [{ extensions: ['permessage-deflate'] }, 'takes [permessageDeflate()] of @sokker/deflate, not a string'],
])('%p is refused', (options, message) => {
  const make = (): unknown => new UpgradePolicy(options);
  expect(make).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_OPTION' }));
  expect(make).toThrow(message);
});

test('errors name whoever makes the policy for another', () => {
  expect(() => new UpgradePolicy({ subprotocols: ['a', 'a'] }, 'Owner')).toThrow('Owner: subprotocols');
});
