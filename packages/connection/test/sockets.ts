import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Both ends of one TCP connection, half-open as a server has them, and how to be rid of them. */
export async function sockets(): Promise<{ near: Socket; far: Socket; letGo: () => Promise<void> }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const far = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  const [near] = (await accepted) as [Socket];
  const letGo = async (): Promise<void> => {
    far.destroy();
    near.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { near, far, letGo };
}
