import { SokkerServer } from '@sokker/server';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Registry, type OpenMetricsContentType } from 'prom-client';
import { killRemaining, startExample } from '../../test/example-process.js';
import { WsClient } from '../../test/ws-client.js';
import { collect } from '../collector.js';
import { createExporter } from '../exporter.js';
import { FAMILIES } from '../families.js';

const server = new SokkerServer();
const registry = new Registry();
const exporter = createExporter(registry);
let url: string;
beforeAll(async () => {
  server.on('message', (message, connection) => connection.send(message.data));
  collect(server, registry);
  exporter.listen(0, '127.0.0.1');
  await once(exporter, 'listening');
  const { port } = await server.listen(0, '127.0.0.1');
  url = `ws://127.0.0.1:${port}`;
  const closed = once(server, 'close');
  const client = await WsClient.open(url);
  client.send('hello');
  await client.next();
  await client.close(3001);
  await closed;
  await WsClient.open(url, { origin: 'http://evil.example' }).catch(() => undefined);
  await WsClient.open(url);
});
afterAll(async () => {
  killRemaining();
  exporter.close();
  await server.close();
});

async function scrape(path = '/metrics'): Promise<Response> {
  return fetch(`http://127.0.0.1:${(exporter.address() as AddressInfo).port}${path}`);
}

/** The samples of the text format, by name and labels. */
function samplesIn(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

test('a scrape shows what the server counted', async () => {
  const response = await scrape();
  expect(response.headers.get('content-type')).toBe(Registry.PROMETHEUS_CONTENT_TYPE);
  const samples = samplesIn(await response.text());
  expect(Object.fromEntries(samples)).toMatchObject({
    sokker_connections: 1,
    sokker_handshakes: 0,
    sokker_retained_bytes: 0,
    sokker_received_bytes_total: 19,
    sokker_messages_received_total: 1,
    sokker_sent_bytes_total: 11,
    sokker_messages_sent_total: 1,
    'sokker_decisions_total{decision="open"}': 2,
    'sokker_decisions_total{decision="slow"}': 0,
    'sokker_refusals_total{code="ERR_SOKKER_ORIGIN"}': 1,
    'sokker_refusals_by_status_total{status="403"}': 1,
    'sokker_closes_total{code="3001"}': 1,
  });
});

test('histograms have seconds, cumulative buckets, and a last one that holds all', async () => {
  const text = await (await scrape()).text();
  expect(text).toContain('# TYPE sokker_handshake_seconds histogram\n');
  const samples = [...samplesIn(text)].filter(([name]) => name.startsWith('sokker_handshake_seconds'));
  const buckets = samples.filter(([name]) => name.includes('_bucket'));
  const bounds = buckets.map(([name]) => /^sokker_handshake_seconds_bucket\{le="(.+)"\}$/.exec(name)?.[1]);
  expect(bounds).toEqual([
    '0.001',
    '0.002',
    '0.005',
    '0.01',
    '0.02',
    '0.05',
    '0.1',
    '0.2',
    '0.5',
    '1',
    '2',
    '5',
    '10',
    '+Inf',
  ]);
  const counts = buckets.map(([, count]) => count);
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
  const { count, sum } = server.metrics().histograms.handshakeMs;
  expect([counts.at(-1), ...samples.slice(-2)]).toEqual([
    2,
    ['sokker_handshake_seconds_sum', expect.closeTo(sum / 1000, 9)],
    ['sokker_handshake_seconds_count', count],
  ]);
});

test('one scrape reads the server once, and every family has its lines', async () => {
  const metrics = jest.spyOn(server, 'metrics');
  const text = await (await scrape()).text();
  expect(metrics).toHaveBeenCalledTimes(1);
  await scrape();
  expect(metrics).toHaveBeenCalledTimes(2);
  metrics.mockRestore();
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => ({ name, type }));
  expect(types).toEqual(FAMILIES.map(({ name, type }) => ({ name, type })));
  expect((await scrape('/')).status).toBe(404);
});

test('several servers of one process have a label each, and are read once for each scrape', async () => {
  const chat = new SokkerServer();
  const servers = { chat, rooms: server };
  const reads = Object.values(servers).map((each) => jest.spyOn(each, 'metrics'));
  const both = new Registry();
  collect(servers, both);
  const text = await both.metrics();
  expect(reads.map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  for (const read of reads) read.mockRestore();
  expect([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)).toEqual(FAMILIES.map(({ name }) => name));
  expect(Object.fromEntries(samplesIn(text))).toMatchObject({
    'sokker_connections{server="chat"}': 0,
    'sokker_connections{server="rooms"}': 1,
    'sokker_decisions_total{server="chat",decision="open"}': 0,
    'sokker_decisions_total{server="rooms",decision="open"}': 2,
    'sokker_closes_total{server="rooms",code="3001"}': 1,
    'sokker_lifetime_seconds_bucket{server="chat",le="+Inf"}': 0,
    'sokker_lifetime_seconds_count{server="rooms"}': 1,
  });
});

test('in the form of OpenMetrics too', async () => {
  const open = new Registry<OpenMetricsContentType>();
  open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  collect(server, open);
  const text = await open.metrics();
  expect(text).toContain('# TYPE sokker_messages_sent counter\nsokker_messages_sent_total 1\n');
  expect(text).toMatch(/\n# EOF\n$/);
});

test('as a program', async () => {
  const example = await startExample('examples/metrics/main.ts', { METRICS_PORT: '0' });
  const client = await WsClient.open(`ws://localhost:${example.port}`);
  client.send('hello');
  expect(await client.next()).toBe('hello');
  const ending = await example.kill('SIGTERM');
  expect(ending).toMatchObject({ status: 0, errors: '' });
  expect(ending.output).toMatch(/its metrics on http:\/\/127\.0\.0\.1:\d+\/metrics$/m);
});
