// Types as CommonJS sees them: TypeScript needs `module: nodenext` to allow it.
import client = require('@sokker/client');
import cluster = require('@sokker/cluster');
import deflate = require('@sokker/deflate');
import frame = require('@sokker/frame');
import web = require('@sokker/frame/web');
import handshake = require('@sokker/handshake');
import server = require('@sokker/server');
import testkit = require('@sokker/testkit');

const all = new server.SokkerServer({ extensions: [deflate.permessageDeflate()] });
const connection: Promise<import('@sokker/connection').Connection> = client.connect('ws://localhost/');
const opcode: frame.Opcode = frame.Opcode.text;
console.log(all.clients.size, connection, opcode, new web.FrameDecoderStream({ role: 'client' }));
console.log(new cluster.Cluster(all, cluster.threadBackplane()).metrics().gaps);
console.log(handshake.acceptKey(''), testkit.pair().length);
