// Sokker standing alone: it reads the request head itself.
import { host, port, serve, v8Collector } from './contract.mjs';
import { makeServer } from './sokker-echo.mjs';

const server = await makeServer();
const address = await server.listen(port, host);
serve(address.port, v8Collector());
