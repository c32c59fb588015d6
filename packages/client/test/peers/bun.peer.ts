import { converse } from './conversation.js';
import { program, scriptOf, startPeer, type PeerProcess } from './process.js';

let peer: PeerProcess;
beforeAll(async () => {
  peer = await startPeer(
    program('node_modules/@oven/bun-linux-x64/bin/bun', 'node_modules/.bin/bun'),
    scriptOf('bun-server.mjs'),
  );
});
afterAll(() => peer.stop());

describe("with Bun's server", () => converse({ url: () => peer.url, deflate: true, sendsFragments: false }));
