/** The runs of the load: each takes a job and answers with counts and times. */
import { median } from '../statistics.js';
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
import { measureWindow } from './window.js';

export async function runEcho(job: EchoJob): Promise<LoadResult> {
  const source = new MessageSource(job.traffic, job.inFlight);
  let count = 0;
  const crowd = new Crowd({
    target: job.target,
    deflate: job.traffic.deflate === true,
    onFirst: (message) => source.verify(message),
    onMessages: (messages, connection) => {
      count += messages;
      source.send(connection, messages);
    },
  });
  try {
    await crowd.open(job.connections);
    for (const member of crowd.members) source.send(member, job.inFlight);
    return await measureWindow({ ...job, pid: job.target.pid, count: () => count, failed: crowd.failed });
  } finally {
    crowd.close();
  }
}

export async function runBroadcast(job: BroadcastJob): Promise<LoadResult> {
  const source = new MessageSource(job.traffic, 1);
  let deliveries = 0;
  let sent = 0;
  const next = (): void => {
    const sender = crowd.members[0];
    if (sender === undefined || deliveries < sent * job.connections) return;
    sent++;
    source.send(sender, 1);
  };
  const crowd = new Crowd({
    target: job.target,
    deflate: job.traffic.deflate === true,
    onFirst: (message) => source.verify(message),
    onMessages: (messages) => {
      deliveries += messages;
      next();
    },
  });
  try {
    await crowd.open(job.connections);
    next();
    return await measureWindow({ ...job, pid: job.target.pid, count: () => deliveries, failed: crowd.failed });
  } finally {
    crowd.close();
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
  let echoed = 0;
  let finish: () => void = () => {};
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const crowd = new Crowd({
    target: job.target,
    deflate: job.traffic.deflate === true,
    onFirst: (message) => source.verify(message),
    onMessages: (messages) => {
      echoed += messages;
      if (echoed === job.connections) finish();
    },
  });
  const started = performance.now();
  await crowd.open(job.connections);
  const seconds = (performance.now() - started) / 1000;
  if (job.echo) {
    for (const member of crowd.members) source.send(member, 1);
    await Promise.race([finished, crowd.failed]);
  }
  return { crowd, result: { count: job.connections, seconds, serverSeconds: 0, loadSeconds: 0 } };
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
  while (times.length < job.times) times.push(await firstMessage(job.target, job.traffic, source));
  const seconds = times.reduce((sum, time) => sum + time, 0) / 1000;
  return { count: job.times, seconds, serverSeconds: 0, loadSeconds: 0, medianMs: median(times) };
}
