import { connect, protocol, type Codec } from '@sokker/client';
import { serve, type TestServer } from './server.js';

interface Heard {
  readonly heard: string;
}
interface Said {
  readonly said: string;
}

const codec: Codec<Heard, Said> = {
  decode(message) {
    const value = message.json() as Partial<Heard>;
    if (typeof value.heard !== 'string') throw new Error('nothing was heard');
    return { heard: value.heard };
  },
  encode: (value) => JSON.stringify(value),
};
const chat = protocol('chat.v2', codec);

let server: TestServer;
beforeAll(async () => {
  server = await serve(
    (connection) =>
      connection.on('message', (message) => {
        const { said } = message.json() as Said;
        connection.send(said === 'nonsense' ? '{' : JSON.stringify({ heard: said }));
      }),
    { subprotocols: ['chat.v2', 'other'] },
  );
});
afterAll(() => server.close());

test('values go out and come in by their types', async () => {
  const connection = await connect(server.url, { subprotocols: [chat.name] });
  const talk = chat.over(connection);
  talk.send({ said: 'one' });
  talk.send({ said: 'two' });
  // @ts-expect-error: not what this subprotocol says
  const wrong = (): boolean => talk.send({ heard: 'x' });
  expect(wrong).toBeInstanceOf(Function);
  const heard: string[] = [];
  for await (const value of talk) {
    heard.push(value.heard);
    if (heard.length === 2) break;
  }
  expect(heard).toEqual(['one', 'two']);
  expect(await connection.close()).toMatchObject({ clean: true });
});

test('a message that is none of its values closes with 1007', async () => {
  const connection = await connect(server.url, { subprotocols: [chat.name] });
  const talk = chat.over(connection);
  talk.send({ said: 'nonsense' });
  for await (const value of talk) expect(value).toBeUndefined();
  expect(await connection.closed).toMatchObject({ by: 'us', error: { code: 'ERR_SOKKER_CODEC', closeCode: 1007 } });
});

test('a connection that speaks another is refused', async () => {
  const connection = await connect(server.url, { subprotocols: ['other', chat.name] });
  expect(() => chat.over(connection)).toThrow("does not speak 'chat.v2'");
  await connection.close();
});
