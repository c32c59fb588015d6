// What both Sokker servers answer: an echo, and at /broadcast everyone connected there. Every limit is at its default;
// only the origin check is off, because load generators send no origin or one of their own.
import { prepare } from '@sokker/connection';
import { SokkerServer } from '@sokker/server';
import { deflate } from './contract.mjs';

/** Everyone connected at /broadcast. @type {Set<import('@sokker/connection').Connection>} */
const room = new Set();

export async function makeServer() {
  const extensions = deflate ? [(await import('@sokker/deflate')).permessageDeflate()] : [];
  const server = new SokkerServer({ origin: 'any', extensions });
  server.on('connection', (connection, request) => {
    if (request.path === '/broadcast') room.add(connection);
  });
  server.on('close', (_record, connection) => room.delete(connection));
  server.on('message', (message, connection) => {
    const { type, data } = message;
    if (!room.has(connection)) return void connection.send(data, { type });
    const prepared = prepare(data, { type });
    for (const member of room) member.send(prepared);
  });
  return server;
}
