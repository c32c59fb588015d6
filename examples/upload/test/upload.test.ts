import { createHash } from 'node:crypto';
import { killRemaining, runExample } from '../../test/example-process.js';
import { content } from '../content.js';
import type { UploadReport } from '../upload.js';

const MAIN = 'examples/upload/main.ts';
const MIB = 2 ** 20;
/** How far resident memory may move, whatever the size of the message. */
const BOUND_MIB = 16;

afterAll(killRemaining);

async function upload(mib: number, form: string, kind: string): Promise<UploadReport> {
  const options = ['--gib', String(mib / 1024), '--form', form, '--kind', kind];
  const { status, output, errors } = await runExample(MAIN, {}, options);
  expect([status, errors]).toEqual([0, '']);
  const lines = output.trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '') as UploadReport;
}

test.each([
  [256, 'frame', 'text'],
  [256, 'fragments', 'binary'],
] as const)(
  '%i MiB, %s, %s: the same bytes on both sides, in constant memory',
  async (mib, form, kind) => {
    const report = await upload(mib, form, kind);
    expect(report).toMatchObject({ form, kind, sent: { bytes: mib * MIB }, received: { bytes: mib * MIB } });
    expect(report.received.sha256).toBe(report.sent.sha256);
    expect(report.sent.growthMib).toBeLessThanOrEqual(BOUND_MIB);
    expect(report.received.growthMib).toBeLessThanOrEqual(BOUND_MIB);
  },
  60_000,
);

test('a refusal is the usage, and status 1', async () => {
  const { status, output, errors } = await runExample(MAIN, {}, ['--gib', '0']);
  expect([status, output]).toEqual([1, '']);
  expect(errors).toMatch(/^Usage: npm run upload -- --gib N/);
});

describe('content', () => {
  test.each([0, 1, 3, 4, 5, 1000, 65_535, 65_536, 65_537, 200_000])('%i bytes of text are text', (bytes) => {
    const hash = createHash('sha256');
    const pieces = [...content('text', bytes, hash)];
    const whole = Buffer.concat(pieces);
    expect(whole).toHaveLength(bytes);
    new TextDecoder('utf-8', { fatal: true }).decode(whole);
    expect(hash.digest('hex')).toBe(createHash('sha256').update(whole).digest('hex'));
  });

  test('pieces cut characters', () => {
    const pieces = [...content('text', 2 * MIB, createHash('sha256'))];
    expect(pieces.some((piece) => piece.toString('utf8').includes('\ufffd'))).toBe(true);
  });
});
