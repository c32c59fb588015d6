import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { acceptKey } from '../src/accept-key.js';
import { ACCEPT, KEY } from './requests.js';

describe('acceptKey (RFC 6455 §4.2.2)', () => {
  test("answers the RFC's own key", () => {
    expect(acceptKey(KEY)).toBe(ACCEPT);
  });

  test('is base64(SHA-1(key + GUID)) for every key', () => {
    const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
    fc.assert(
      fc.property(fc.base64String(), (key) => {
        expect(acceptKey(key)).toBe(
          createHash('sha1')
            .update(key + guid)
            .digest('base64'),
        );
      }),
    );
  });
});
