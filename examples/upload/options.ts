import { parseArgs } from 'node:util';
import { StartError } from '../program.js';
import type { UploadOptions } from './upload.js';

const USAGE = 'npm run upload -- --gib N --form frame|fragments --kind text|binary [--directory PATH]';
const GIB = 2 ** 30;

/** What the command line asks for. @throws StartError */
export function readOptions(args: readonly string[]): UploadOptions {
  const { values } = parseArgs({
    args: [...args],
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
