/* The command itself, in a process of its own: what it prints, what it saves, and how it ends. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'sokker-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** @param interruptAt text on stdout or stderr at which the process gets a SIGINT, once: a second one would end it at once */
function command(args: readonly string[], interruptAt?: string): Promise<Ended> {
  const all = ['--import', 'tsx', 'packages/fuzz/src/main.ts', '--findings', folder, '--corpus', folder, ...args];
  const child = spawn(process.execPath, all, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let isInterrupted = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (interruptAt === undefined || isInterrupted || !output.includes(interruptAt)) return;
      isInterrupted = child.kill('SIGINT');
    });
  }
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

const PLANTED = ['--module', 'packages/fuzz/test/planted.ts'];
const TIMEOUT_MS = 60_000;

test(
  'a planted fault: exit code 1, minimised, saved; its replay fails too',
  async () => {
    const { code, output } = await command([...PLANTED, '--target', 'planted', '--executions', '2000', '--seed', '5']);
    expect(code).toBe(1);
    expect(output).toContain('seed 5');
    expect(output).toMatch(/^planted +\d+ .* 1$/m);
    const [name = ''] = readdirSync(folder).filter((file) => file.startsWith('planted-'));
    const saved = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { hex: string; kind: string; seed: number };
    expect(saved).toMatchObject({ target: 'planted', seed: 5, kind: 'Finding no bug' });
    expect(Buffer.from(saved.hex, 'hex').toString('latin1', 1)).toBe('BUG');
    const again = await command([...PLANTED, '--replay', join(folder, name)]);
    expect(again).toMatchObject({ code: 1, output: expect.stringContaining('B, U and G in order') });
  },
  TIMEOUT_MS,
);

test(
  'targets side by side: the rows stand in order, a finding of one leaves the others alone',
  async () => {
    const args = ['--target', 'sound,planted,stray', '--jobs', '2', '--executions', '500', '--seed', '5'];
    const { code, output } = await command([...PLANTED, ...args]);
    expect(code).toBe(1);
    const rows = output.split('\n').flatMap((line) => /^(sound|planted|stray) +(\d+) /.exec(line)?.[1] ?? []);
    expect(rows).toEqual(['sound', 'planted', 'stray']);
    expect(output).toMatch(/^sound +500 .* 0$/m);
  },
  TIMEOUT_MS,
);

test(
  'an error that nobody caught is a finding of the input at hand',
  async () => {
    const { code, output } = await command([...PLANTED, '--target', 'stray', '--executions', '500']);
    expect(code).toBe(1);
    expect(output).toContain('stray: RangeError: nobody caught this (4 of 4 bytes)');
  },
  TIMEOUT_MS,
);

test.each([
  ['an error that nobody caught of a target that never waits', 'late', '500', 'nobody caught this (4 of 4 bytes)'],
  ['an error that nobody caught before the next input', 'later', '500', 'nobody caught this (4 of 4 bytes)'],
  ['memory that is held', 'hoarding', '20000', 'retained memory: more than was counted'],
])(
  '%s is a finding, in a short run too',
  async (_, target, executions, text) => {
    const { code, output } = await command([...PLANTED, '--target', target, '--executions', executions]);
    expect(code).toBe(1);
    expect(output).toContain(text);
    expect(output).toContain('heap growth –: not judged');
  },
  TIMEOUT_MS,
);

test(
  'an execution that never ends is a finding',
  async () => {
    const { code, output } = await command([...PLANTED, '--target', 'hanging', '--hang-seconds', '1']);
    expect(code).toBe(1);
    expect(output).toContain('hanging: no end after 1 s');
    const [name = ''] = readdirSync(folder).filter((file) => file.startsWith('hanging-'));
    expect(readFileSync(join(folder, name), 'utf8')).toContain(Buffer.from('BUG').toString('hex'));
  },
  TIMEOUT_MS,
);

test(
  'Ctrl-C prints the table of what was done, and ends with 130',
  async () => {
    const { code, output } = await command([...PLANTED, '--target', 'sound', '--minutes', '9'], 'per second');
    expect(code).toBe(130);
    expect(output).toMatch(/^sound +\d+/m);
  },
  TIMEOUT_MS,
);

test(
  'our own targets: exit code 0, a table, and the corpus grows when it is told to',
  async () => {
    const { code, output } = await command([
      '--target',
      'protocol-header,client-decode',
      '--executions',
      '1500',
      '--grow',
    ]);
    expect(code).toBe(0);
    expect(output).toMatch(/^target +executions +seconds +per second +outcomes +heap growth +findings$/m);
    expect(output).toMatch(/^protocol-header +1500 /m);
    expect(readdirSync(folder)).toContain('client-decode.txt');
  },
  TIMEOUT_MS,
);

test(
  'wrong use: exit code 2 and how to use it',
  async () => {
    const { code, output } = await command(['--target', 'everything']);
    expect(code).toBe(2);
    expect(output).toContain("there is no target 'everything': one of server-decode, client-decode");
  },
  TIMEOUT_MS,
);

test(
  'to load its targets may take longer than an execution',
  async () => {
    const slow = ['--module', 'packages/fuzz/test/slow-to-load.ts', '--target', 'sound', '--hang-seconds', '1'];
    const { code, output } = await command([...slow, '--executions', '500']);
    expect(output).toMatch(/^sound +500 .* 0$/m);
    expect(code).toBe(0);
  },
  TIMEOUT_MS,
);
