// Rooms in which everyone sees where the others point and reads what they say. A room is a topic, which is there while
// someone is in it.
import { reject, SokkerServer } from '@sokker/server';
import { ROOMS, serverCodec } from './protocol.js';

const MAX_ROOMS_EACH = 8;
const MAX_REQUESTS_PER_SECOND = 200;

interface Visitor {
  readonly who: number;
}

export function createRooms(): SokkerServer<Visitor> {
  let visitors = 0;
  const server = new SokkerServer<Visitor>({
    upgrade({ subprotocols }) {
      if (!subprotocols.includes(ROOMS)) return reject(400, { body: `Ask for the subprotocol ${ROOMS}.` });
      return { context: { who: ++visitors } };
    },
    maxMessagesPerSecond: MAX_REQUESTS_PER_SECOND,
    // Whoever is behind is told where the others point now, not where they pointed meanwhile.
    onSlow: 'keep-latest',
    highWaterMarkBytes: 16 * 1024,
  });
  const rooms = server.protocol(ROOMS, serverCodec);
  rooms.on('message', (request, visitor) => {
    const { who } = visitor.context;
    const { type, room } = request;
    const isIn = visitor.topics.has(room);
    if (type === 'enter') {
      if (isIn || visitor.topics.size === MAX_ROOMS_EACH) return;
      visitor.join(room);
      rooms.broadcast({ type: 'entered', room, who }, { to: room });
      return;
    }
    // It crossed its own 'leave', or the room was one too many.
    if (!isIn) return;
    switch (request.type) {
      case 'leave':
        rooms.broadcast({ type: 'left', room, who }, { to: room });
        return visitor.leave(room);
      case 'point':
        rooms.broadcast({ ...request, type: 'pointed', who }, { to: room, except: visitor, key: `${room} ${who}` });
        return;
      case 'say':
        // Without a key: nothing newer takes its place.
        rooms.broadcast({ ...request, type: 'said', who }, { to: room });
    }
  });
  rooms.on('close', (_record, { topics, context: { who } }) => {
    for (const room of topics) rooms.broadcast({ type: 'left', room, who }, { to: room });
  });
  server.on('error', (error) => console.error(error.message));
  return server;
}
