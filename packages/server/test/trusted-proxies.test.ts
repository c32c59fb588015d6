import type { Peer } from '../src/address.js';
import { TrustedProxies } from '../src/trusted-proxies.js';

/** A peer with such an address; without one, on a unix socket. */
function peer(address: string | undefined): Peer {
  return { address, isOnUnixSocket: address === undefined };
}

const proxies = new TrustedProxies(['10.0.0.0/8', '192.0.2.1', '2001:db8::/32', 'unix']);

test.each<[string, string | undefined, string | undefined, string | undefined]>([
  ['a client of ours', '198.51.100.1', '6.6.6.6', '198.51.100.1'],
  ['one proxy', '10.1.1.1', '198.51.100.1', '198.51.100.1'],
  ['a chain of proxies', '10.1.1.1', '198.51.100.1, 192.0.2.1 , 10.2.2.2', '198.51.100.1'],
  ['what the client says of itself', '10.1.1.1', '6.6.6.6, 198.51.100.1', '198.51.100.1'],
  ['IPv4 written as IPv6', '10.1.1.1', '::ffff:198.51.100.1', '198.51.100.1'],
  ['an address with a zone', '10.1.1.1', '198.51.100.1%eth0', '198.51.100.1'],
  ['IPv6', '2001:db8::1', '2001:dead::1', '2001:dead::1'],
  ['a unix socket', undefined, '198.51.100.1', '198.51.100.1'],
  ['no header', '10.1.1.1', undefined, '10.1.1.1'],
  ['a port', '10.1.1.1', '198.51.100.1:4444', '198.51.100.1'],
  ['IPv6 with a port', '10.1.1.1', '[2001:dead::1]:99', '2001:dead::1'],
  ['IPv6 in brackets', '10.1.1.1', '[2001:dead::1]', '2001:dead::1'],
  ['a proxy with a port', '10.1.1.1', '198.51.100.1, 10.2.2.2:80', '198.51.100.1'],
  ['a port that is none', '10.1.1.1', '198.51.100.1:http', '10.1.1.1'],
  ['brackets that do not close', '10.1.1.1', '[2001:dead::1', '10.1.1.1'],
  ['an empty header', '10.1.1.1', '', '10.1.1.1'],
  ['nonsense', '10.1.1.1', '198.51.100.1, unknown', '10.1.1.1'],
  ['nonsense before a proxy', '10.1.1.1', '198.51.100.1, unknown, 10.2.2.2, 10.3.3.3', '10.2.2.2'],
  ['proxies only', '10.1.1.1', '10.3.3.3', '10.3.3.3'],
])('%s', (_, remote, chain, address) => {
  const headers = chain === undefined ? [] : ['X-Forwarded-For', chain];
  expect(proxies.senderOf(peer(remote), headers).address).toBe(address);
});

test('a peer that has lost its address is nobody’s proxy', () => {
  const gone = { address: undefined, isOnUnixSocket: false };
  expect(proxies.senderOf(gone, ['X-Forwarded-For', '198.51.100.1'])).toEqual({
    address: undefined,
    forwarded: undefined,
  });
});

test('scheme and host are those that the nearest proxy saw', () => {
  const headers = [
    'X-Forwarded-Proto',
    'http, https',
    'X-Forwarded-Host',
    'evil.example',
    'x-forwarded-host',
    'a.example',
  ];
  expect(proxies.senderOf(peer('10.1.1.1'), headers).forwarded).toEqual({ proto: 'https', host: 'a.example' });
  expect(proxies.senderOf(peer('11.1.1.1'), headers).forwarded).toBeUndefined();
});

test.each([
  '10.0.0.0/0x8',
  '10.0.0.0/1e1',
  '10.0.0.0/ 8',
  '10.0.0.0/-1',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0',
  'localhost',
  '10.0.0.0/8/8',
  '2001:db8::/129',
])('%s throws', (text) => {
  expect(() => new TrustedProxies([text])).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_OPTION' }));
});
