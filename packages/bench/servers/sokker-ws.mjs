// `@sokker/ws` in the place of `ws`.
import { WebSocketServer } from '@sokker/ws';
import { run } from './ws-program.mjs';

run(WebSocketServer);
