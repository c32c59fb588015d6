/** What the server's own listeners do to a connection. */
import type { CloseRecord } from '@sokker/connection';
import { encodeFrame, Opcode, type Frame } from '@sokker/frame';
import type { ServerConnection } from '@sokker/server';
import type { PairedDuplex } from '@sokker/testkit';
import { openPair, rigs, turnsUntil } from './rig.js';

const start = rigs();

function fromPeer(opcode: Frame['opcode'], payload: Buffer): Buffer {
  return encodeFrame({ fin: true, rsv: 0, opcode, payload }, { role: 'client', maskingKey: 0 });
}

describe('who waits for what the end of a connection cuts off has not failed', () => {
  let warn: jest.SpyInstance;
  beforeEach(() => (warn = jest.spyOn(process, 'emitWarning').mockImplementation()));
  afterEach(() => {
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  const WAITS: readonly [string, (connection: ServerConnection) => Promise<unknown>][] = [
    ['room', (connection) => connection.writable()],
    ['a Pong', (connection) => connection.ping()],
    ['a stream that is sent', (connection) => connection.sendStream(['a'])],
  ];
  const ENDS: readonly [string, (far: PairedDuplex, connection: ServerConnection) => void, Partial<CloseRecord>][] = [
    ['is terminated', (_, connection) => connection.terminate(), { code: 1006, clean: false, by: 'us' }],
    [
      'is closed by its peer',
      (far) => far.write(fromPeer(Opcode.close, Buffer.of(3, 232))),
      { code: 1000, clean: true, by: 'peer' },
    ],
  ];

  test.each(ENDS.flatMap(([how, end, record]) => WAITS.map(([what, wait]) => [what, how, wait, end, record] as const)))(
    'for %s, when it %s',
    async (_, __, wait, end, record) => {
      const rig = await start({ highWaterMarkBytes: 1 });
      const [far, connection] = await openPair(rig);
      let isWaiting = false;
      const handle = async (): Promise<void> => {
        connection.send('more than the peer takes');
        const waiting = wait(connection);
        isWaiting = true;
        await waiting;
      };
      rig.server.on('message', (): unknown => handle());
      far.write(fromPeer(Opcode.text, Buffer.of()));
      await turnsUntil(() => isWaiting);
      end(far, connection);
      await turnsUntil(() => connection.state !== 'open');
      far.resume().on('end', () => far.end());
      const closed = await connection.closed;
      expect(closed).toMatchObject(record);
      expect(closed.error).toBeUndefined();
      expect(rig.server.metrics().errors).toEqual({});
    },
  );

  test('nor has a listener for errors', async () => {
    const rig = await start();
    const [, connection] = await openPair(rig);
    const waiting: Promise<void>[] = [];
    rig.server.on('error', (_, failed): unknown => {
      if (failed !== undefined) waiting.push(failed.writable());
      return waiting[0];
    });
    connection.fail(new Error('first'));
    await expect(waiting[0]).rejects.toMatchObject({ code: 'ERR_SOKKER_CLOSED' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(rig.server.metrics().errors).toEqual({ other: 1 });
  });
});
