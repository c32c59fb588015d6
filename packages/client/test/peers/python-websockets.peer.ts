import { converse } from './conversation.js';
import { scriptOf, startPeer, type PeerProcess } from './process.js';

let peer: PeerProcess;
beforeAll(async () => {
  peer = await startPeer('/usr/bin/python3', scriptOf('python-server.py'));
});
afterAll(() => peer.stop());

describe("with python-websockets' server", () =>
  converse({ url: () => peer.url, deflate: true, sendsFragments: true }));
