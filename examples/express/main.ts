// Express and WebSockets on one port: whoever logs in over HTTP is known on the WebSocket, by the same cookie.
//
//   curl --json '{"user":"Ada"}' -c jar http://localhost:3000/login
//
// A page of another site gets no further than its Origin header, which `origin: 'same'`, the default, refuses.
import { reject, SokkerServer } from '@sokker/server';
import express from 'express';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { addressOf, listen, portFrom, run } from '../program.js';
import { COOKIE, SESSION_MS, Sessions, type Session } from './session.js';

const MAX_USER_LENGTH = 32;

// The secret lives as long as the process: after a restart everyone logs in again.
const sessions = new Sessions(randomBytes(32), Date.now);

const app = express();
app.post('/login', express.json(), (request, response) => {
  const { user } = (request.body ?? {}) as { readonly user?: unknown };
  // Anyone may take any name here; this is the place to check a password.
  if (typeof user !== 'string' || user === '' || user.length > MAX_USER_LENGTH) {
    response.status(400).json({ error: `user: 1 to ${MAX_USER_LENGTH} characters` });
    return;
  }
  response.cookie(COOKIE, sessions.begin(user), { httpOnly: true, sameSite: 'strict', maxAge: SESSION_MS });
  response.json({ user });
});

const chat = new SokkerServer<Session>({
  upgrade({ headers }) {
    const session = sessions.find(headers.get('cookie'));
    return session === undefined ? reject(401, { body: 'Log in first.' }) : { context: session };
  },
  maxAgeMs: SESSION_MS,
});
chat.on('message', (message, { context }) => chat.broadcast(`${context.user}: ${message.text()}`));
chat.on('error', (error) => console.error(error.message));

await run(async () => {
  const http = createServer(app);
  chat.attach(http, { path: '/chat' });
  const address = await listen(http, portFrom(process.env, 3000));
  return {
    greeting: `Log in on http://${addressOf(address)}/login, talk on ws://${addressOf(address)}/chat`,
    async close() {
      http.close();
      await chat.close();
    },
  };
});
