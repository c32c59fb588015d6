// The entry of `npm run bench`: finds the folders, the rest is built from src/.
import { fileURLToPath } from 'node:url';
import { main } from './dist/main.js';

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));

try {
  await main(process.argv.slice(2), { root: folder('../..'), bench: folder('.') });
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
