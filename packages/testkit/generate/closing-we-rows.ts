/** Scripts of family I in which we close first, or TCP ends without a Close. */
import type { Script, Words } from './closing.js';
import { nothingSent, ping, sentClose, text, weClose, closePayload, CLOSE_TIMEOUT_MS, GRACE } from './closing-steps.js';
import { event, wireOf } from './frame-fixture.js';
import { CLOSE } from './wire.js';

export function weCloseFirst({ role, receive, finish }: Words): Script[] {
  const clean = (code: number) => ({ code, reason: '', clean: true });
  return [
    {
      name: 'we/code-and-reason',
      section: '7.1.2',
      why: 'Our Close goes out at once; the answer of the peer completes the handshake.',
      steps: [
        weClose(1000, 'bye'),
        sentClose(1000),
        { ended: false },
        receive(closePayload(1000)),
        nothingSent,
        ...finish,
      ],
      closed: clean(1000),
    },
    {
      name: 'we/no-code',
      section: '5.5.1',
      why: 'A Close may go out empty.',
      steps: [weClose(null), sentClose(null), receive({ opcode: CLOSE }), nothingSent, ...finish],
      closed: clean(1005),
    },
    {
      name: 'we/twice',
      section: '5.5.1',
      why: 'A second close sends nothing.',
      steps: [weClose(1000), weClose(4000), sentClose(1000), receive(closePayload(1000)), nothingSent, ...finish],
      closed: clean(1000),
    },
    {
      name: 'we/both-at-once',
      section: '7.1.2',
      why: 'Both sides close at once: one Close each way, and the code of the peer is the one reported.',
      steps: [weClose(1000), sentClose(1000), receive(closePayload(1001)), nothingSent, ...finish],
      closed: clean(1001),
    },
    {
      name: 'we/send-after',
      section: '5.5.1',
      why: 'After our Close no data frame goes out.',
      steps: [
        weClose(1000),
        sentClose(1000),
        { send: 'too late' },
        nothingSent,
        receive(closePayload(1000)),
        ...finish,
      ],
      closed: clean(1000),
    },
    {
      name: 'we/ping-after',
      section: '5.5.1',
      why: 'A ping that comes after our Close is read and not answered, and the handshake goes on.',
      steps: [
        weClose(1000),
        sentClose(1000),
        receive(ping('p')),
        nothingSent,
        receive(closePayload(1000)),
        nothingSent,
        ...finish,
      ],
      events: null,
      closed: clean(1000),
    },
    {
      name: 'we/message-before-close',
      section: '7.1.2',
      why: 'What was sent before close goes out before the Close.',
      steps: [
        { send: 'last words' },
        weClose(1000),
        {
          sent: [
            { type: 'text', hex: Buffer.from('last words').toString('hex') },
            { type: 'close', code: 1000 },
          ],
        },
        receive(closePayload(1000)),
        ...finish,
      ],
      closed: clean(1000),
    },
    {
      name: 'we/no-answer',
      section: '7.1.1',
      why: 'A peer that never answers our Close is not waited for longer than the timeout.',
      steps: [
        weClose(1000),
        sentClose(1000),
        { wait: CLOSE_TIMEOUT_MS - 1 },
        { ended: false },
        { wait: 2 },
        { ended: true },
      ],
      closed: { code: 1006, reason: '', clean: false },
    },
    {
      name: 'we/peer-never-ends',
      section: '7.1.1',
      why:
        role === 'client'
          ? 'A client waits for the server to end TCP, but not longer than the timeout.'
          : 'A server ends TCP first, and does not wait longer than the timeout for the client to do the same.',
      steps: [
        weClose(1000),
        sentClose(1000),
        receive(closePayload(1000)),
        { ended: role === 'server' },
        { wait: CLOSE_TIMEOUT_MS + 1 },
        { ended: true },
      ],
      closed: clean(1000),
    },
  ];
}

export function ends({ role, receive }: Words): Script[] {
  const lost = { code: 1006, reason: '', clean: false };
  return [
    {
      name: 'end/without-close',
      section: '7.1.5',
      why: 'TCP that ends without a Close is reported as 1006.',
      steps: [GRACE, { ended: true }],
      closed: lost,
    },
    {
      name: 'end/inside-frame',
      section: '7.1.5',
      why: 'TCP that ends inside a frame is reported as 1006; the cut message is never delivered.',
      steps: [receive(wireOf([text('half')], role).subarray(0, -2)), GRACE, { ended: true }],
      closed: lost,
    },
    {
      name: 'end/inside-message',
      section: '7.1.5',
      why: 'TCP that ends between fragments is reported as 1006.',
      steps: [receive({ ...text('half'), fin: false }), GRACE, { ended: true }],
      closed: lost,
    },
    {
      name: 'end/reset',
      section: '7.1.5',
      why: 'A reset is reported as 1006, once.',
      steps: [receive(text('hello')), { receiveReset: true }, { ended: true }],
      events: [event('text', 'hello')],
      closed: lost,
    },
    {
      name: 'end/after-our-close',
      section: '7.1.5',
      why: 'TCP that ends before our Close was answered is reported as 1006.',
      steps: [weClose(1000), sentClose(1000), GRACE, { ended: true }],
      closed: lost,
    },
  ];
}
