// npm start: the chat on http://localhost:3000, or PORT.
import { fileURLToPath } from 'node:url';
import { portFrom, run } from '../program.js';
import { startChat } from './chat.js';

await run(async () => {
  const page = fileURLToPath(new URL('page', import.meta.url));
  const chat = await startChat({ page, port: portFrom(process.env, 3000), report: console.error });
  return { greeting: `The chat is on ${chat.url}`, close: () => chat.close() };
});
