/**
 * Any order of what an application, a peer and time can do to a connection, against a model of what must hold. The seed
 * is in the name of the test: `SEED=… npx jest model` plays it again.
 */
import fc from 'fast-check';
import { Opcode, type Role } from '@sokker/frame';
import { scene, settled, type Scene } from './scene.js';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

interface Model {
  /** Data frames that `send` said it took. */
  accepted: number;
  /** Complete messages that the peer sent before its Close, and before anything that ends reading. */
  offered: number;
  peerClosed: boolean;
  peerEnded: boolean;
  ended: boolean;
  /** A reset: what was on its way to the peer is lost. */
  wiped: boolean;
}

type Step = (it: Scene, model: Model) => unknown;

const may = ({ peerClosed, peerEnded }: Model): boolean => !peerClosed && !peerEnded;

const steps: Readonly<Record<string, Step>> = {
  send: (it, model) => {
    if (it.connection.state === 'open') model.accepted++;
    it.connection.send('ours');
  },
  sendStream: (it) => void it.connection.sendStream(['a', 'b'], { type: 'text' }).catch(() => undefined),
  ping: (it) => void it.connection.ping().catch(() => undefined),
  close: (it) => void it.connection.close(4000, 'bye'),
  terminate: (it, model) => {
    model.ended = true;
    it.connection.terminate();
  },
  fail: (it, model) => {
    model.ended = true;
    it.connection.fail(new Error('enough'));
  },
  pause: (it) => it.connection.pause(),
  resume: (it) => it.connection.resume(),
  'peer sends': (it, model) => {
    if (!may(model)) return;
    model.offered++;
    it.text('theirs');
  },
  'peer pings': (it, model) => {
    if (may(model)) it.send(Opcode.ping, 'p');
  },
  'peer closes': (it, model) => {
    if (!may(model)) return;
    model.peerClosed = true;
    it.sendClose(4001);
  },
  'peer breaks a rule': (it, model) => {
    if (!may(model)) return;
    model.ended = true;
    it.far.write(Buffer.from([0xf0, 0x80]));
  },
  'peer ends TCP': (it, model) => {
    model.peerEnded = true;
    it.far.end();
  },
  reset: (it, model) => {
    model.ended = model.peerEnded = model.wiped = true;
    it.far.resetAndDestroy();
  },
  time: (it) => it.clock.advance(3000),
  'a turn': () => settled(2),
};

const scripts = fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 1, maxLength: 14 });

async function play(role: Role, script: readonly string[]): Promise<{ it: Scene; model: Model }> {
  const it = scene({ role, closeTimeoutMs: 5000 }).record();
  const model: Model = { accepted: 0, offered: 0, peerClosed: false, peerEnded: false, ended: false, wiped: false };
  for (const name of script) await steps[name]?.(it, model);
  await settled();
  // However it went, the end comes: at the latest when the peer has gone and the time is up.
  it.connection.resume();
  await settled();
  if (it.connection.state === 'open') void it.connection.close();
  if (!model.peerEnded) it.far.end();
  await settled();
  it.clock.advance(10_000);
  await settled();
  return { it, model };
}

test(`whatever happens, seed ${seed}`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom<Role>('client', 'server'), scripts, async (role, script) => {
      const { it, model } = await play(role, script);
      const { log, frames, closed } = it;
      // One end, and it is the last word.
      expect(log.filter((line) => line === 'close')).toHaveLength(1);
      expect(log.at(-1)).toBe('close');
      expect(it.connection.state).toBe('closed');
      // At most one Close leaves, and nothing after it; no code that may not be on the wire.
      const closes = frames.flatMap(({ opcode }, at) => (opcode === Opcode.close ? [at] : []));
      expect(closes.length).toBeLessThanOrEqual(1);
      if (closes.length === 1) expect(closes[0]).toBe(frames.length - 1);
      for (const at of closes) {
        const code = frames[at]?.payload;
        if (code !== undefined && code.length > 0) expect([1005, 1006, 1015]).not.toContain(code.readUInt16BE(0));
      }
      // A clean end has both Closes, and no error.
      if (closed?.clean === true) {
        if (!model.wiped) expect(closes).toHaveLength(1);
        expect(model.peerClosed).toBe(true);
        expect(it.errors).toEqual([]);
        expect(closed.error).toBeUndefined();
      }
      if (closed?.code === 4001) expect(model.peerClosed).toBe(true);
      // Messages of the peer come once, and all of them where nothing cut them off.
      const heard = log.filter((line) => line === 'text theirs').length;
      expect(heard).toBeLessThanOrEqual(model.offered);
      if (!model.ended && closed?.error === undefined) expect(heard).toBe(model.offered);
      // What send took leaves where nothing but a Close ended the connection.
      const left = frames.filter(({ payload }) => payload.toString() === 'ours').length;
      expect(left).toBeLessThanOrEqual(model.accepted);
      if (closed?.clean === true && !model.wiped) expect(left).toBe(model.accepted);
      // Nothing stays behind.
      expect([it.clock.pending, it.connection.bufferedBytes, it.connection.retainedBytes]).toEqual([0, 0, 0]);
    }),
    { seed, numRuns: 300 },
  );
}, 60_000);
