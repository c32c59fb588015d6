// The smallest server: everyone gets back what they said.
import { SokkerServer } from '@sokker/server';

const server = new SokkerServer();
server.on('message', (message, connection) => connection.send(`You said: ${message.text()}`));
server.on('listening', (address) => console.log('listening on', address));
await server.listen(Number(process.env.PORT ?? 3000)).catch((error: unknown) => {
  console.error(String(error));
  process.exitCode = 1;
});
