// Forwards WebSockets to another server: `node --import tsx examples/proxy/main.ts ws://localhost:3000` (PORT: 3001).
import { fail, portFrom, run, StartError } from '../program.js';
import { startProxy } from './proxy.js';

const [target] = process.argv.slice(2);
if (target === undefined)
  fail(new StartError('Say where to: node --import tsx examples/proxy/main.ts ws://localhost:3000'));
await run(() => startProxy(target, portFrom(process.env, 3001), { report: console.error }));
