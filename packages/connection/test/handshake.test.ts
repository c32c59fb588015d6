/** The closing handshake as both roles see it (RFC 6455 §5.5.1, §7.1). */
import { Opcode, type Role } from '@sokker/frame';
import type { CloseRecord } from '../src/index.js';
import { rejection, scene, settled, until, type Scene } from './scene.js';

const CLOSE_MS = 5000;
const roles: readonly Role[] = ['server', 'client'];

function told({ closed }: Scene): string {
  const { code, reason, clean, by, phase, error } = closed as CloseRecord;
  const failure = error === undefined ? '' : ` ${String(error.code)}`;
  return `${code} ${reason === '' ? '-' : reason} ${clean ? 'clean' : 'unclean'} by ${by}, ${phase}${failure}`;
}

describe.each(roles)('as %s', (role) => {
  /** The server ends TCP first, the client waits for it (RFC 6455 §7.1.1). */
  const endsFirst = role === 'server';

  test.each<[string, number | undefined, string, string]>([
    ['1000', 1000, '', '1000 - clean by peer, open'],
    ['1001 and a reason', 1001, 'tab closed', '1001 tab closed clean by peer, open'],
    ['4999', 4999, '', '4999 - clean by peer, open'],
    ['nothing', undefined, '', '1005 - clean by peer, open'],
  ])('the peer closes with %s: the same code answers, once', async (_, code, reason, record) => {
    const it = scene({ role }).record();
    it.sendClose(code, reason);
    await settled();
    expect(it.sent()).toEqual([code === undefined ? 'close' : `close ${code}`]);
    expect(it.ended).toBe(endsFirst);
    it.far.end();
    await settled();
    expect(it.sent()).toEqual([]);
    expect(it.ended).toBe(true);
    expect(told(it)).toBe(record);
    expect(it.log).toEqual(['close']);
  });

  test.each<[string, number | null | undefined, string, string]>([
    ['no argument', undefined, '', 'close 1000'],
    ['null: a Close that says nothing', null, '', 'close'],
    ['3001 and a reason', 3001, 'moved', 'close 3001 moved'],
  ])('we close with %s', async (_, code, reason, frame) => {
    const it = scene({ role }).record();
    const closed = code === undefined ? it.connection.close() : it.connection.close(code, reason);
    expect(it.connection.state).toBe('closing');
    await settled();
    expect(it.sent()).toEqual([frame]);
    expect(it.ended).toBe(false);
    it.sendClose(1000);
    await settled();
    expect(it.ended).toBe(endsFirst);
    it.far.end();
    await expect(closed).resolves.toMatchObject({ code: 1000, clean: true, by: 'us', phase: 'open' });
    expect(it.connection.state).toBe('closed');
    expect(it.clock.pending).toBe(0);
  });

  test('both at once: one Close each way, the code of the peer is reported', async () => {
    const it = scene({ role }).record();
    void it.connection.close(4001);
    it.sendClose(4002);
    await settled();
    expect(it.sent()).toEqual(['close 4001']);
    it.far.end();
    await settled();
    expect(told(it)).toBe('4002 - clean by us, open');
    expect(it.log).toEqual(['close']);
  });

  test('after our Close nothing leaves, yet what comes is read', async () => {
    const it = scene({ role }).record();
    void it.connection.close();
    expect(it.connection.send('late')).toBe(false);
    expect((await rejection(it.connection.ping())).code).toBe('ERR_SOKKER_CLOSED');
    expect((await rejection(it.connection.sendStream(['late']))).code).toBe('ERR_SOKKER_CLOSED');
    expect((await rejection(it.connection.writable())).code).toBe('ERR_SOKKER_CLOSED');
    it.send(Opcode.ping, 'still there?');
    it.text('on its way');
    await settled();
    expect(it.sent()).toEqual(['close 1000']);
    expect(it.log).toEqual(['ping still there?', 'text on its way']);
    it.sendClose(1000);
    it.far.end();
    await settled();
    expect(it.sent()).toEqual([]);
    expect(it.log.at(-1)).toBe('close');
  });

  test('what follows a Close, in the same chunk or later, is dropped', async () => {
    const it = scene({ role }).record();
    const after = [it.wire(Opcode.text, 'x'), it.wire(Opcode.ping, 'y'), Buffer.from('garbage')];
    it.far.write(Buffer.concat([it.wire(Opcode.text, 'last'), it.wire(Opcode.close), ...after]));
    await settled();
    it.text('later');
    await settled();
    expect(it.sent()).toEqual(['close']);
    it.far.end();
    await settled();
    expect(it.log).toEqual(['text last', 'close']);
    expect(told(it)).toBe('1005 - clean by peer, open');
  });

  test.each<[string, (it: Scene) => void, string]>([
    ['FIN without a Close', (it) => it.far.end(), '1006 - unclean by peer, open ERR_SOKKER_CONNECTION_LOST'],
    ['our own end of it', (it) => it.near.destroy(), '1006 - unclean by network, open ERR_SOKKER_CONNECTION_LOST'],
    [
      'FIN inside a frame',
      (it) => it.far.end(it.wire(Opcode.text, 'cut').subarray(0, -1)),
      '1006 - unclean by peer, open ERR_SOKKER_UNEXPECTED_END',
    ],
    [
      'FIN inside a message',
      (it) => it.far.end(it.wire(Opcode.text, 'cut', { fin: false })),
      '1006 - unclean by peer, open ERR_SOKKER_UNEXPECTED_END',
    ],
    ['a reset', (it) => it.far.resetAndDestroy(), '1006 - unclean by network, open ERR_SOKKER_CONNECTION_LOST'],
    ['terminate()', (it) => it.connection.terminate(), '1006 - unclean by us, open'],
    ['terminate(null), of a `_destroy` of Node’s', (it) => it.connection.terminate(null), '1006 - unclean by us, open'],
    ['terminate(error)', (it) => it.connection.terminate(new Error('enough')), '1006 - unclean by us, open undefined'],
  ])('%s: one close event, 1006, nothing sent', async (_, end, record) => {
    const it = scene({ role }).record();
    end(it);
    await settled();
    expect(it.sent()).toEqual([]);
    expect(told(it)).toBe(record);
    expect(it.ended || it.far.destroyed).toBe(true);
    expect(it.log.filter((line) => line === 'close')).toHaveLength(1);
    expect(it.log.at(-1)).toBe('close');
    expect(it.clock.pending).toBe(0);
  });

  test('a reset inside a frame', async () => {
    const it = scene({ role }).record();
    it.far.write(it.wire(Opcode.binary, Buffer.alloc(1000)).subarray(0, 500));
    await settled();
    it.far.resetAndDestroy();
    await settled();
    expect(told(it)).toBe('1006 - unclean by network, open ERR_SOKKER_CONNECTION_LOST');
    expect(it.log).toEqual(['error ERR_SOKKER_CONNECTION_LOST', 'close']);
  });

  test('FIN, or a reset, after our Close and before the answer', async () => {
    for (const end of ['end', 'resetAndDestroy'] as const) {
      const it = scene({ role }).record();
      void it.connection.close(4000);
      await settled();
      it.far[end]();
      await settled();
      expect(told(it)).toBe('1006 - unclean by us, closing ERR_SOKKER_CONNECTION_LOST');
      expect(it.log.at(-1)).toBe('close');
    }
  });

  test('a reset after both Closes takes nothing away', async () => {
    const it = scene({ role }).record();
    it.sendClose(1000);
    await settled();
    it.far.resetAndDestroy();
    await settled();
    expect(told(it)).toBe('1000 - clean by peer, open');
    expect(it.errors).toEqual([]);
  });

  test('a peer that never answers is waited for as long as closeTimeoutMs', async () => {
    const it = scene({ role, closeTimeoutMs: CLOSE_MS }).record();
    void it.connection.close();
    await settled();
    it.clock.advance(CLOSE_MS - 1);
    await settled();
    expect(it.closed).toBeUndefined();
    it.clock.advance(1);
    await settled();
    expect(told(it)).toBe('1006 - unclean by us, closing ERR_SOKKER_CLOSE_TIMEOUT');
    expect(it.ended).toBe(true);
    expect(it.clock.pending).toBe(0);
  });

  test('a peer that never ends TCP is waited for as long', async () => {
    const it = scene({ role, closeTimeoutMs: CLOSE_MS }).record();
    it.sendClose(1000);
    await settled();
    it.clock.advance(CLOSE_MS);
    await settled();
    expect(told(it)).toBe('1000 - clean by peer, open');
  });

  test('a Close behind data that the peer does not read is waited for no longer', async () => {
    const it = scene({ role, closeTimeoutMs: CLOSE_MS, maxBufferedBytes: Infinity, peerReads: false }).record();
    const block = Buffer.alloc(2 ** 20);
    for (let i = 0; i < 100; i++) it.connection.send(block);
    void it.connection.close();
    await settled();
    expect(it.connection.bufferedBytes).toBeGreaterThan(99 * 2 ** 20);
    it.clock.advance(CLOSE_MS);
    await settled();
    expect(told(it)).toBe('1006 - unclean by us, closing ERR_SOKKER_CLOSE_TIMEOUT');
    expect(it.connection.bufferedBytes).toBe(0);
  });

  test('an answer that the peer does not read was not given', async () => {
    const it = scene({ role, closeTimeoutMs: CLOSE_MS, peerReads: false, wireBytes: 1 }).record();
    it.connection.send(Buffer.alloc(500_000));
    await settled();
    it.sendClose(1000);
    await settled();
    it.clock.advance(CLOSE_MS);
    await settled();
    expect(told(it)).toBe('1000 - unclean by peer, closing ERR_SOKKER_CLOSE_TIMEOUT');
    expect(it.clock.pending).toBe(0);
  });

  test('what was sent before close() goes before the Close', async () => {
    const it = scene({ role });
    it.connection.send('last words');
    void it.connection.close();
    await settled();
    expect(it.sent()).toEqual(['text last words', 'close 1000']);
  });

  test('close() twice sends one Close, and both calls see the same end', async () => {
    const it = scene({ role });
    const first = it.connection.close(4000, 'first');
    const second = it.connection.close(4001, 'second');
    await settled();
    expect(it.sent()).toEqual(['close 4000 first']);
    it.sendClose(4000);
    it.far.end();
    expect(await first).toBe(await second);
    await expect(it.connection.close()).resolves.toBe(await first);
    await expect(it.connection.closed).resolves.toBe(await first);
  });

  test.each(['message', 'ping', 'pong', 'drain', 'error'] as const)('close() inside a %s handler', async (event) => {
    const it = scene({ role, highWaterMarkBytes: 1 }).recordRest();
    it.connection.on('message', () => it.log.push('message'));
    it.connection.on(event, () => void it.connection.close(4000));
    if (event === 'drain') it.connection.send('full');
    else if (event === 'error') it.far.write(Buffer.from([0xf0, 0]));
    else it.send({ message: Opcode.text, ping: Opcode.ping, pong: Opcode.pong }[event], '');
    await settled();
    const closes = it.sent().filter((frame) => frame.startsWith('close'));
    expect(closes).toEqual([event === 'error' ? expect.stringMatching(/^close 1002/) : 'close 4000']);
    it.sendClose(1000);
    it.far.end();
    await settled();
    expect(it.log.filter((line) => line === 'close')).toHaveLength(1);
    expect(it.log.at(-1)).toBe('close');
  });

  test.each<[string, unknown, unknown]>([
    ['1005', 1005, ''],
    ['1006', 1006, ''],
    ['1015', 1015, ''],
    ['999', 999, ''],
    ['5000', 5000, ''],
    ['a fraction', 1000.5, ''],
    ['a string', '1000', ''],
    ['a reason of 124 bytes', 1000, 'é'.repeat(62)],
    ['a reason without a code', null, 'why'],
    ['a reason that is no string', 1000, 5],
  ])('close refuses %s, and nothing happens', async (_, code, reason) => {
    const it = scene({ role });
    expect(() => it.connection.close(code as number, reason as string)).toThrow(
      expect.objectContaining({ code: 'ERR_SOKKER_ARGUMENT' }),
    );
    await settled();
    expect(it.sent()).toEqual([]);
    expect(it.connection.state).toBe('open');
  });

  test('lone surrogates in a reason leave as U+FFFD', async () => {
    const it = scene({ role });
    void it.connection.close(1000, 'a\ud800');
    await settled();
    expect(it.sent()).toEqual(['close 1000 a\ufffd']);
  });
});

test('a violation is answered with its code and text; what follows is not read', async () => {
  const it = scene().record();
  it.far.write(Buffer.concat([it.wire(Opcode.text, 'before'), Buffer.from([0x83, 0x80]), it.wire(Opcode.text, 'x')]));
  await settled();
  expect(it.sent()).toEqual([expect.stringMatching(/^close 1002 .*opcode is reserved/)]);
  expect(it.ended).toBe(true);
  it.text('ignored');
  it.sendClose(1002);
  it.far.end();
  await settled();
  expect(it.log).toEqual(['text before', 'error ERR_SOKKER_RESERVED_OPCODE', 'close']);
  expect(it.closed).toMatchObject({ code: 1002, clean: false, by: 'us', phase: 'open' });
});

test('a violation after our Close adds no second one', async () => {
  const it = scene().record();
  void it.connection.close();
  await settled();
  it.far.write(Buffer.from([0x83, 0x80]));
  await settled();
  expect(it.sent()).toEqual(['close 1000']);
  it.far.end();
  await settled();
  expect(it.closed).toMatchObject({ clean: false, by: 'us' });
  expect(it.log).toEqual(['error ERR_SOKKER_RESERVED_OPCODE', 'close']);
});

test('the reason of a long error is cut between characters', async () => {
  const it = scene().record();
  it.connection.fail(Object.assign(new Error('never shown'), { code: 'X' }));
  await settled();
  expect(it.sent()).toEqual(['close 1011']);
});

test('messages in flight when we close are delivered; reading goes on though nobody listened', async () => {
  const it = scene();
  it.text('waits');
  await settled();
  const closed = it.connection.close();
  it.text('dropped');
  it.sendClose(1000);
  it.far.end();
  await expect(closed).resolves.toMatchObject({ code: 1000, clean: true });
});

test('a paused connection reads again once we close', async () => {
  const it = scene().record();
  it.connection.pause();
  it.text('in flight');
  it.sendClose(1001);
  await settled();
  expect(it.log).toEqual([]);
  void it.connection.close();
  it.far.end();
  await settled();
  expect(it.log).toEqual(['text in flight', 'close']);
  expect(it.closed).toMatchObject({ code: 1001, clean: true });
});

test.each<[string, (it: Scene) => unknown]>([
  ['terminate()', (it) => it.connection.terminate()],
  ['terminate(error)', (it) => it.connection.terminate(new Error('enough'))],
  ['the peer ends TCP', (it) => it.far.end()],
  ['a reset', (it) => it.far.resetAndDestroy()],
  ['a violation', (it) => it.far.write(Buffer.from([0xf0]))],
  ['fail inside a frame of a stream', (it) => it.connection.fail(new Error('x'))],
])('after %s send says that nothing is taken', async (how, end) => {
  const it = scene();
  if (how.includes('stream')) void rejection(it.connection.sendStream(endless(), { bytes: 1000 }));
  await settled();
  end(it);
  await until(() => it.connection.state !== 'open');
  expect(it.connection.send('x')).toBe(false);
  expect((await rejection(it.connection.ping())).code).toBe('ERR_SOKKER_CLOSED');
  await settled();
});

test('nothing is said after close: terminate and fail change nothing any more', async () => {
  const it = scene().record();
  it.connection.terminate();
  await settled();
  it.connection.terminate(new Error('late'));
  it.connection.fail(new Error('late'));
  await settled();
  expect(it.log).toEqual(['close']);
});

async function* endless(): AsyncGenerator<string> {
  yield 'begun';
  await new Promise(() => undefined);
}
