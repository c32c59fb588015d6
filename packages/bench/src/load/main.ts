/** The load process: takes jobs over IPC, one at a time, and answers each with a result or an error. */
import type { LoadJob, LoadResult } from './jobs.js';
import type { Crowd } from './crowd.js';
import { openCrowd, runBroadcast, runEcho, runFirstMessage, runReopen } from './runs.js';

let held: Crowd | undefined;

const NOTHING: LoadResult = { count: 0, seconds: 0, serverSeconds: 0, loadSeconds: 0 };

async function run(job: LoadJob): Promise<LoadResult> {
  await held?.close();
  held = undefined;
  switch (job.kind) {
    case 'echo':
      return runEcho(job);
    case 'broadcast':
      return runBroadcast(job);
    case 'reopen':
      return runReopen(job);
    case 'first-message':
      return runFirstMessage(job);
    case 'release':
      return NOTHING;
    case 'hold': {
      const { crowd, result } = await openCrowd(job);
      held = crowd;
      return result;
    }
  }
}

process.on('message', (job: LoadJob) => {
  run(job).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
