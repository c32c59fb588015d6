// npm run echo. PORT: where to listen, default 3000, 0 for any free port. DEFLATE=1: permessage-deflate.
// ORIGIN=any: pages of every origin may connect.
import { permessageDeflate } from '@sokker/deflate';
import { addressOf, portFrom, run } from '../program.js';
import { createEcho } from './echo.js';

await run(async () => {
  const server = createEcho({
    origin: process.env.ORIGIN === 'any' ? 'any' : 'same',
    extensions: process.env.DEFLATE === '1' ? [permessageDeflate()] : [],
  });
  const address = await server.listen(portFrom(process.env, 3000));
  return { greeting: `The echo is on ws://${addressOf(address)}`, close: () => server.close() };
});
