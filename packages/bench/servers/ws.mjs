// `ws`. With WS_NO_BUFFER_UTIL=1 it runs without its native add-on, otherwise with it or not at all.
import { WebSocketServer } from 'ws';
import { checkAddon } from '../dist/ws-addon.js';
import { run } from './ws-program.mjs';

if (process.env.WS_NO_BUFFER_UTIL === undefined) checkAddon(import.meta.url);
run(WebSocketServer);
