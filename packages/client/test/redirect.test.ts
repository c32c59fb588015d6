import { HeaderFields, type Declined } from '@sokker/handshake';
import type { TlsOptions } from '../src/options.js';
import { nextHop } from '../src/redirect.js';

const to = (location: string): Declined => ({
  type: 'declined',
  status: 302,
  reason: '',
  headers: new HeaderFields(['Location', location]),
});

/** Whatever may show another server who we are, or bind us to the one that we meant. */
const IDENTITY: TlsOptions = {
  cert: 'cert',
  key: 'key',
  pfx: 'pfx',
  passphrase: 'passphrase',
  servername: 'a.test',
  secureContext: { context: {} },
  session: Buffer.from('ticket'),
  privateKeyIdentifier: 'slot 1',
  privateKeyEngine: 'engine',
  clientCertEngine: 'engine',
  pskCallback: () => null,
};
const POLICY: TlsOptions = { ca: 'ca', minVersion: 'TLSv1.3', rejectUnauthorized: false };

test.each(Object.keys(IDENTITY))('tls.%s does not follow to another origin', (key) => {
  const tls = { ...POLICY, [key]: IDENTITY[key as keyof TlsOptions] };
  const hop = nextHop({ url: 'wss://a.test/', headers: undefined, tls }, to('wss://b.test/'), {});
  expect(hop.tls).toEqual(POLICY);
});

test('within the origin all of them do', () => {
  const tls = { ...POLICY, ...IDENTITY };
  expect(nextHop({ url: 'wss://a.test/', headers: undefined, tls }, to('/there'), {}).tls).toEqual(tls);
});

test('no Location is no place', () => {
  const declined: Declined = { ...to(''), headers: new HeaderFields([]) };
  const follow = (): unknown => nextHop({ url: 'ws://a.test/', headers: undefined, tls: undefined }, declined, {});
  expect(follow).toThrow('not exactly one Location');
});
