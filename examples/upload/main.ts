// Sends a message of any size from one process to another, in constant memory: `npm run upload -- --gib 10`.
import { parseArgs } from 'node:util';
import { fail, StartError } from '../program.js';
import { upload, type UploadOptions } from './upload.js';

const USAGE = 'npm run upload -- --gib N --form frame|fragments --kind text|binary [--directory PATH]';
const GIB = 2 ** 30;

function readOptions(): UploadOptions {
  const { values } = parseArgs({
    options: {
      gib: { type: 'string', default: '1' },
      form: { type: 'string', default: 'fragments' },
      kind: { type: 'string', default: 'binary' },
      directory: { type: 'string' },
    },
  });
  const { gib, form, kind, directory } = values;
  const bytes = Math.round(Number(gib) * GIB);
  const fits = Number.isSafeInteger(bytes) && bytes > 0 && ['frame', 'fragments'].includes(form);
  if (!fits || !['text', 'binary'].includes(kind)) throw new StartError(`Usage: ${USAGE}`);
  return { bytes, form: form as UploadOptions['form'], kind: kind as UploadOptions['kind'], directory };
}

try {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort(new Error(signal)));
  const report = await upload(readOptions(), process.stderr.isTTY ? drawProgress : undefined, controller.signal);
  console.log(JSON.stringify(report));
  if (report.sent.sha256 !== report.received.sha256) process.exitCode = 1;
} catch (error) {
  fail(error);
}

/** One line, drawn over itself. */
function drawProgress(done: number, total: number, bytesPerSecond: number): void {
  const width = 32;
  const filled = Math.round((done / total) * width);
  const bar = '█'.repeat(filled).padEnd(width, '░');
  const rate = `${(bytesPerSecond / 2 ** 20).toFixed(0)} MiB/s`;
  const left = bytesPerSecond > 0 ? `${Math.ceil((total - done) / bytesPerSecond)} s left` : '';
  process.stderr.write(`\r${bar} ${((done / total) * 100).toFixed(1).padStart(5)} % ${rate} ${left}\x1b[K`);
  if (done >= total) process.stderr.write('\n');
}
