/** F27: values that would end a header line and begin one of their own. */
import {
  accept,
  createRequest,
  encodeRequest,
  encodeResponse,
  examine,
  refuse,
  UpgradePolicy,
} from '@sokker/handshake';
import { random } from '@sokker/testkit';
import { fault } from '../stage.js';

const POISON = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  '\r\nX-Evil: 1',
  '\r\n\r\nbody',
  '\u010d\u010a',
  '\u2028',
  '\x7f',
  '\t',
  ' ',
  ',',
  ';',
  '"',
  'é',
  '日',
];
const PLAIN = 'abcXYZ019-_./:';

function textOf(next: () => number): string {
  const length = 1 + Math.floor(next() * 8);
  return Array.from({ length }, () =>
    next() < 0.25 ? POISON[Math.floor(next() * POISON.length)] : PLAIN[Math.floor(next() * PLAIN.length)],
  ).join('');
}

const RAW_HEADERS = [
  ...['Host', 'example.com', 'Upgrade', 'websocket', 'Connection', 'Upgrade'],
  ...['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version', '13'],
];

/** Heads that each way out of the library makes of a name and a value; those that it refuses to make throw. */
const WAYS: readonly ((name: string, value: string) => Buffer)[] = [
  (name, value) => encodeResponse(accept(offer(), { headers: { [name]: value } })),
  (name, value) => encodeResponse(accept(offer(value), { subprotocol: value, headers: [[name, 'x']] })),
  (name, value) => encodeResponse(refuse({ status: 403, headers: { [name]: value } })),
  (name, value) =>
    encodeResponse(
      refuse({
        status: 302,
        headers: [
          ['Location', value],
          [name, 'x'],
        ],
      }),
    ),
  (name, value) => encodeRequest(createRequest('ws://example.com/', { headers: { [name]: value } })),
  (name, value) => encodeRequest(createRequest(`ws://example.com/${value}?${name}`, {})),
  (name, value) => encodeRequest(createRequest('ws://example.com/', { subprotocols: [name, value] })),
];

function offer(subprotocol?: string): Parameters<typeof accept>[0] {
  const rawHeaders = subprotocol === undefined ? RAW_HEADERS : [...RAW_HEADERS, 'Sec-WebSocket-Protocol', subprotocol];
  const answer = examine(
    { method: 'GET', target: '/', httpVersion: '1.1', rawHeaders, secure: false },
    new UpgradePolicy({}),
  );
  if (answer.type === 'refusal') throw new Error('refused');
  return answer;
}

/** Whether a head has lines that nobody asked for, or bytes that no line may have. */
function isSplit(head: Buffer): boolean {
  const text = head.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const lines = text.slice(0, end).split('\r\n');
  if (lines.some((line) => /[\r\n\0]/.test(line) || /^x-evil/i.test(line))) return true;
  return text.startsWith('GET ') && text.length > end + 4;
}

const actors = {
  fuzzer: () => ({
    fuzz: (count: number, seed: number) => {
      const next = random(seed);
      let [split, made] = [0, 0];
      for (let times = 0; times < count; times++) {
        const way = WAYS[times % WAYS.length];
        try {
          const head = way?.(next() < 0.5 ? 'X-Name' : textOf(next), textOf(next));
          made++;
          if (head !== undefined && isSplit(head)) split++;
        } catch {
          // Refused: nothing goes out.
        }
      }
      return { split, made };
    },
  }),
};

export const F27 = fault({
  id: 'F27',
  title: 'values that would split a head',
  actors,
  async run(stage) {
    const count = stage.scale(1_000_000, 100_000);
    const fuzzer = await stage.start('fuzzer', undefined);
    const { split, made } = await fuzzer.call.fuzz(count, stage.seed);
    stage.expect({
      asserted: `${count} names, values, subprotocols and URLs: heads with a CR, LF or NUL of theirs`,
      figure: split,
      equals: 0,
      beside: `${made} were made, the others refused`,
    });
    stage.expect({ asserted: 'heads that were made', figure: made, atLeast: count / 20 });
  },
});
