/* A program that waits for nothing but the end of a connection, and never takes what came before it. */
import { SokkerServer } from '@sokker/server';
import { connect } from '../src/index.js';

const server = new SokkerServer();
server.on('connection', (client) => {
  client.send('nobody hears this');
  void server.close();
});
const { port } = await server.listen(0, '127.0.0.1');
const connection = await connect(`ws://127.0.0.1:${port}`, { closeTimeoutMs: 300 });
const { code } = await connection.closed;
console.log(`closed with ${code}`);
