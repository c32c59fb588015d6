// Two workers behind one port: ws://localhost:3000, or PORT. SIGUSR2 replaces one after the other while clients are
// connected; SIGINT and SIGTERM end all. What is acknowledged is in the file LOG, default messages.jsonl.
import cluster from 'node:cluster';
import { portFrom, run } from '../program.js';
import { Team } from './team.js';
import { serve } from './worker.js';

const WORKERS = 2;

async function lead() {
  const team = new Team();
  const port = await team.start(WORKERS);
  process.on('SIGUSR2', () => team.restart());
  return { greeting: `${WORKERS} workers are on ws://localhost:${port}`, close: () => team.end() };
}

if (cluster.isPrimary) await run(lead);
else await serve(portFrom(process.env, 3000), process.env.LOG ?? 'messages.jsonl');
