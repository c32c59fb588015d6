// Sokker attached to a server of node:http, as it is used beside an application.
import { createServer } from 'node:http';
import { host, port, serve, v8Collector } from './contract.mjs';
import { makeServer } from './sokker-echo.mjs';

const http = createServer((_request, response) => response.writeHead(426).end());
(await makeServer()).attach(http);
http.listen({ port, host, backlog: 4096 }, () => serve(http.address().port, v8Collector()));
