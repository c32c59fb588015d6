// Runs under Node 22 and later, Bun and Deno: `main.js <url>` prints what of the conversation succeeded, as JSON.
import process from 'node:process';
import './converse.js';

console.log(JSON.stringify(await globalThis.converse(process.argv[2])));
process.exit(0);
