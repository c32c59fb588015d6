// An echo on ws://localhost:3000, or PORT, whose metrics Prometheus reads from http://127.0.0.1:9464/metrics, or
// METRICS_PORT.
import { SokkerServer } from '@sokker/server';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { addressOf, listen, portFrom, run } from '../program.js';
import { collect } from './collector.js';
import { createExporter } from './exporter.js';

await run(async () => {
  const server = new SokkerServer();
  server.on('message', ({ data, type }, connection) => connection.send(data, { type }));

  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  collect(server, registry);
  const exporter = createExporter(registry);

  const address = addressOf(await server.listen(portFrom(process.env, 3000)));
  const scraped = await listen(exporter, portFrom({ PORT: process.env.METRICS_PORT }, 9464), '127.0.0.1');
  return {
    greeting: `The echo is on ws://${address}, its metrics on http://${addressOf(scraped)}/metrics`,
    async close() {
      exporter.close();
      await server.close();
    },
  };
});
