import { converse } from './conversation.js';
import { program, scriptOf, startPeer, type PeerProcess } from './process.js';

let peer: PeerProcess;
beforeAll(async () => {
  peer = await startPeer(
    program('node_modules/deno/deno', 'node_modules/.bin/deno'),
    'run',
    '--allow-net',
    scriptOf('deno-server.mjs'),
  );
});
afterAll(() => peer.stop());

describe("with Deno's server", () => converse({ url: () => peer.url, deflate: false, sendsFragments: false }));
