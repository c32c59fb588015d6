/* Run by process-backplane.test.ts: a primary with three workers, which come again when they die. */
import { Cluster, processBackplane, relayWorkers } from '@sokker/cluster';
import { SokkerServer } from '@sokker/server';
import cluster from 'node:cluster';
import process from 'node:process';

const WORKERS = 3;

interface Order {
  readonly join?: string;
  readonly say?: string;
  readonly to?: string;
}

function primary(): void {
  relayWorkers();
  let listening = 0;
  const fork = (): unknown => cluster.fork();
  for (let count = 0; count < WORKERS; count++) fork();
  cluster.on('listening', (_, { port }) => {
    if (++listening >= WORKERS) process.stdout.write(`${port}\n`);
  });
  cluster.on('exit', fork);
  process.once('SIGTERM', () => {
    cluster.off('exit', fork);
    for (const worker of Object.values(cluster.workers ?? {})) worker?.kill();
  });
}

async function worker(): Promise<void> {
  const server = new SokkerServer();
  const nodes = new Cluster(server, processBackplane());
  nodes.on('error', (error) => process.stderr.write(`${error.message}\n`));
  process.send?.('a word of the application itself');
  server.on('message', (message, connection) => {
    const { join, say = '', to } = message.json() as Order;
    if (join === undefined) return void nodes.broadcast(say, { to });
    connection.join(join);
    void nodes.subscribed(join).then(() => connection.send(String(process.pid)));
  });
  await nodes.subscribed();
  // Workers that ask for any port have the same one.
  await server.listen(0, '127.0.0.1');
}

if (cluster.isPrimary) primary();
else void worker();
