/** F13: requests hidden in the body of an upgrade request, through nginx. */
import { SokkerServer } from '@sokker/server';
import { random } from '@sokker/testkit';
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { host } from '../host.js';
import { dial, manyTimes, Peer, requestHead } from '../peer.js';
import { fault } from '../stage.js';
import { fired } from '../verdict.js';
import { until } from '../waiting.js';

/** What nginx adds to each request that it passes on: one without it came past its eyes. */
const MARK = 'x-front';
const ANSWER_WITHIN_MS = 5000;
/** Where Debian has it, which the PATH of a user may lack. */
const NGINX = process.env.NGINX ?? '/usr/sbin/nginx';

function configuration(port: number, upstream: number, folder: string): string {
  return `daemon off; master_process off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 512; }
http {
  access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  keepalive_timeout 0;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://127.0.0.1:${upstream};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_set_header Host $http_host;
      proxy_set_header ${MARK} $request_id;
      proxy_read_timeout 5s;
    }
  }
}
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Upgrade requests, each with a second request where a body would be. */
function bodies(hidden: string): readonly ((head: string) => string)[] {
  const length = Buffer.byteLength(hidden);
  const chunked = `${length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`;
  const withHeaders = (headers: string, body: string) => (head: string) => `${head.slice(0, -2)}${headers}\r\n${body}`;
  return [
    withHeaders(`Content-Length: ${length}\r\n`, hidden),
    withHeaders('Transfer-Encoding: chunked\r\n', chunked),
    withHeaders(`Content-Length: ${length}\r\nTransfer-Encoding: chunked\r\n`, chunked),
    withHeaders(`Transfer-Encoding: chunked\r\nContent-Length: 5\r\n`, chunked),
    withHeaders('Transfer-Encoding: xchunked\r\n', chunked),
    withHeaders(`Content-Length: ${length}\r\nExpect: 100-continue\r\n`, hidden),
    withHeaders(`Content-Length: ${length}\r\nContent-Length: ${length}\r\n`, hidden),
    withHeaders(`Content-Length: +${length}\r\n`, hidden),
    withHeaders(`Content-Length : ${length}\r\n`, hidden),
    (head) => withHeaders(`Content-Length: ${length}\r\n`, hidden)(head.replace('GET', 'POST')),
    (head) =>
      head.replace('Version: 13', 'Version: 12').replace('\r\n\r\n', `\r\nContent-Length: ${length}\r\n\r\n${hidden}`),
  ];
}

const actors = {
  server: async () => {
    let [unmarked, hidden] = [0, 0];
    const server = new SokkerServer({
      upgrade: ({ path, headers }) => {
        if (headers.get(MARK) === undefined) unmarked++;
        if (path === '/hidden') hidden++;
      },
    });
    return { ...(await host(server)), seen: () => ({ unmarked, hidden }) };
  },
  nginx: async ({ upstream }: { upstream: number }) => {
    const folder = mkdtempSync(join(tmpdir(), 'sokker-chaos-'));
    const port = await freePort();
    const file = join(folder, 'nginx.conf');
    writeFileSync(file, configuration(port, upstream, folder));
    const child: ChildProcess = spawn(NGINX, ['-p', folder, '-c', file], { stdio: 'ignore' });
    process.once('exit', () => {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    });
    await until(
      () =>
        Peer.open(port).then(
          (peer) => (peer.close(), true),
          () => false,
        ),
      ANSWER_WITHIN_MS,
    );
    return { port: () => port };
  },
  load: ({ port, seed }: { port: number; seed: number }) => ({
    smuggle: async (count: number) => {
      const next = random(seed);
      const all = bodies(requestHead(port, { path: '/hidden' }));
      const answers = await manyTimes(count, () => {
        const wrap = all[Math.floor(next() * all.length)] ?? String;
        return ask(port, wrap(requestHead(port, { path: '/outer' })));
      });
      return {
        answered: answers.filter((answer) => answer.startsWith('HTTP/1.1 ')).length,
        twice: answers.filter((answer) => answer.split('HTTP/1.1 ').length > 2 && !answer.includes(' 100 ')).length,
      };
    },
    opens: async () => {
      const peer = await Peer.open(port);
      peer.close();
      return (await peer.closed) === 1000;
    },
  }),
};

/** Everything that comes back until the connection ends. */
function ask(port: number, request: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = dial(port);
    let answer = '';
    const timer = setTimeout(() => socket.destroy(), ANSWER_WITHIN_MS);
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
    socket.write(request);
  });
}

export const F13 = fault({
  id: 'F13',
  title: 'requests hidden in the body of an upgrade request, behind nginx',
  actors,
  async run(stage) {
    accessSync(NGINX, constants.X_OK);
    const count = stage.scale(10_000, 1000);
    const server = await stage.start('server', undefined);
    const nginx = await stage.start('nginx', { upstream: await server.call.port() });
    const load = await stage.start('load', { port: await nginx.call.port(), seed: stage.seed });
    const { answered, twice } = await load.call.smuggle(count);
    const { unmarked, hidden } = await server.call.seen();
    const counter = fired(await server.call.metrics(), 'refusals.ERR_SOKKER_BODY');
    stage.expect({
      asserted: `${count} upgrade requests with a hidden one: hidden ones that were answered`,
      figure: twice,
      equals: 0,
      counter,
    });
    stage.expect({ asserted: 'hidden ones that reached the application', figure: hidden + unmarked, equals: 0 });
    stage.expect({ asserted: 'requests that got an answer', figure: answered, equals: count });
    stage.expect({
      asserted: 'an honest client is served through nginx afterwards',
      figure: Number(await load.call.opens()),
      equals: 1,
    });
  },
});
