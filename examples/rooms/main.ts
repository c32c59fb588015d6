// Rooms on ws://localhost:3000, or PORT: pointers and words, typed from one end to the other.
import { addressOf, portFrom, run } from '../program.js';
import { createRooms } from './rooms.js';

await run(async () => {
  const server = createRooms();
  const address = await server.listen(portFrom(process.env, 3000));
  return { greeting: `The rooms are on ws://${addressOf(address)}`, close: () => server.close() };
});
