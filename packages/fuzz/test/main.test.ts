/* The command itself, in a process of its own: what it prints, what it saves, and how it ends. */
import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const TIMEOUT_MS = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'sokker-fuzz-'));
const program = mkdtempSync(join(tmpdir(), 'sokker-fuzz-program-'));

// JavaScript, as `npm run fuzz` runs it: to load the sources in both threads would take longer than all executions.
beforeAll(async () => {
  writeFileSync(join(program, 'package.json'), '{ "type": "module" }');
  await build({
    absWorkingDir: join(ROOT, 'packages/fuzz'),
    entryPoints: ['src/main.ts', 'src/worker.ts', 'test/planted.ts', 'test/slow-to-load.ts'],
    entryNames: '[name]',
    tsconfig: join(ROOT, 'tsconfig.json'),
    outdir: program,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    // ws is CommonJS.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
}, TIMEOUT_MS);
afterAll(() => [folder, program].forEach((each) => rmSync(each, { recursive: true })));

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** @param interruptAt text on stdout or stderr at which the process gets a SIGINT, once: a second one would end it at once */
function command(args: readonly string[], interruptAt?: string): Promise<Ended> {
  const all = [join(program, 'main.js'), '--findings', folder, '--corpus', folder, ...args];
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

const PLANTED = ['--module', join(program, 'planted.js')];

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

const STRAY = ['stray', 'later', 'late'];

test(
  'targets side by side: the rows stand in order, a finding of one leaves the others alone',
  async () => {
    const names = ['sound', 'planted', ...STRAY, 'hoarding'];
    const args = ['--target', names.join(','), '--jobs', '2', '--executions', '500', '--seed', '5'];
    const { code, output } = await command([...PLANTED, ...args]);
    expect(code).toBe(1);
    const rows = [...output.matchAll(/^(\w+) +\d+ +\S+ +\d+ +\d+ +(\S+) +(\d+)$/gm)].map((row) => row.slice(1));
    expect(rows).toEqual(names.map((name) => [name, '–', name === 'sound' ? '0' : '1']));
    expect(output).toMatch(/^sound +500 /m);
    expect(output).toContain('heap growth –: not judged');
    // Of an input at hand, of the one before it, and of a target that never waits.
    for (const name of STRAY) expect(output).toContain(`${name}: RangeError: nobody caught this (4 of 4 bytes)`);
    expect(output).toMatch(/^hoarding: .*retained memory: more than was counted /m);
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
    const slow = ['--module', join(program, 'slow-to-load.js'), '--target', 'sound', '--hang-seconds', '1'];
    const { code, output } = await command([...slow, '--executions', '500']);
    expect(output).toMatch(/^sound +500 .* 0$/m);
    expect(code).toBe(0);
  },
  TIMEOUT_MS,
);
