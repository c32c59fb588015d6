/** The runs of the load: each takes a job and answers with counts and times. */
import { median } from '../statistics.js';
import { Arrivals } from './arrivals.js';
import { LoadConnection } from './connection.js';
import { Crowd } from './crowd.js';
import type {
  BroadcastJob,
  EchoJob,
  FirstMessageJob,
  HoldJob,
  LoadResult,
  ReopenJob,
  Target,
  Traffic,
} from './jobs.js';
import { MessageSource } from './message-source.js';
import { loadSeconds, measureWindow } from './window.js';

/** What is on its way when sending ends has to arrive within this, however many connections wait their turn. */
const ARRIVAL_TIMEOUT_MS = 20_000;

export async function runEcho(job: EchoJob, arrivalMs = ARRIVAL_TIMEOUT_MS): Promise<LoadResult> {
  const source = new MessageSource(job.traffic, job.inFlight);
  const arrivals = new Arrivals();
  let sending = true;
  const send = (connection: LoadConnection, messages: number): void => {
    arrivals.expect(messages);
    source.send(connection, messages);
  };
  const crowd = new Crowd({
    target: job.target,
    deflate: job.traffic.deflate === true,
    onFirst: (message) => source.verify(message),
    onMessages: (messages, connection) => {
      arrivals.add(messages);
      if (sending) send(connection, messages);
    },
  });
  try {
    await crowd.open(job.connections);
    for (const member of crowd.members) send(member, job.inFlight);
    const { failed } = crowd;
    const result = await measureWindow({ ...job, pid: job.target.pid, count: () => arrivals.count, failed });
    sending = false;
    await arrivals.settle(arrivalMs, failed);
    return result;
  } finally {
    await crowd.close();
  }
}

export async function runBroadcast(job: BroadcastJob): Promise<LoadResult> {
  const source = new MessageSource(job.traffic, 1);
  const deliveries = new Arrivals();
  let sending = true;
  const next = (): void => {
    const sender = crowd.members[0];
    if (sender === undefined || !sending || !deliveries.complete) return;
    deliveries.expect(job.connections);
    source.send(sender, 1);
  };
  const crowd = new Crowd({
    target: job.target,
    deflate: job.traffic.deflate === true,
    onFirst: (message) => source.verify(message),
    onMessages: (messages) => {
      deliveries.add(messages);
      next();
    },
  });
  try {
    await crowd.open(job.connections);
    next();
    const { failed } = crowd;
    const result = await measureWindow({ ...job, pid: job.target.pid, count: () => deliveries.count, failed });
    sending = false;
    await deliveries.settle(ARRIVAL_TIMEOUT_MS, failed);
    return result;
  } finally {
    await crowd.close();
  }
}

export async function runReopen(job: ReopenJob): Promise<LoadResult> {
  let count = 0;
  let running = true;
  let reject: (error: Error) => void = () => {};
  const failed = new Promise<never>((_, fail) => (reject = fail));
  const dial = (): void => {
    new LoadConnection({
      target: job.target,
      deflate: false,
      onError: (error) => running && reject(error),
      onOpen: (connection) => {
        count++;
        connection.close();
        if (running) dial();
      },
    });
  };
  for (let i = 0; i < job.concurrency; i++) dial();
  try {
    return await measureWindow({ ...job, pid: job.target.pid, count: () => count, failed });
  } finally {
    running = false;
  }
}

/** Opens and keeps: the answer comes when all stand and, with `echo`, have had their message back. */
export async function openCrowd(job: HoldJob): Promise<{ crowd: Crowd; result: LoadResult }> {
  const source = new MessageSource(job.traffic, 1);
  const arrivals = new Arrivals();
  const crowd = new Crowd({
    target: job.target,
    deflate: job.traffic.deflate === true,
    onFirst: (message) => source.verify(message),
    onMessages: (messages) => arrivals.add(messages),
  });
  try {
    const started = performance.now();
    const load = loadSeconds();
    await crowd.open(job.connections);
    const seconds = (performance.now() - started) / 1000;
    const result = { count: job.connections, seconds, serverSeconds: 0, loadSeconds: loadSeconds() - load };
    if (job.echo) {
      arrivals.expect(job.connections);
      for (const member of crowd.members) source.send(member, 1);
      await arrivals.settle(ARRIVAL_TIMEOUT_MS, crowd.failed);
    }
    return { crowd, result };
  } catch (error) {
    await crowd.close();
    throw error;
  }
}

function firstMessage(target: Target, traffic: Traffic, source: MessageSource): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    new LoadConnection({
      target,
      deflate: traffic.deflate === true,
      onError: reject,
      onOpen: (connection) => source.send(connection, 1),
      onFirst: (message) => source.verify(message),
      onMessages: (_, connection) => {
        connection.close();
        resolve(performance.now() - started);
      },
    });
  });
}

export async function runFirstMessage(job: FirstMessageJob): Promise<LoadResult> {
  const source = new MessageSource(job.traffic, 1);
  const times: number[] = [];
  const load = loadSeconds();
  while (times.length < job.times) times.push(await firstMessage(job.target, job.traffic, source));
  const seconds = times.reduce((sum, time) => sum + time, 0) / 1000;
  const busy = loadSeconds() - load;
  return { count: job.times, seconds, serverSeconds: 0, loadSeconds: busy, medianMs: median(times) };
}
