import type { Registry } from 'prom-client';
import { createServer, type RequestListener, type Server } from 'node:http';

/** Answers scrapes, and nothing else. It is for Prometheus: keep it off the address that the world can reach. */
export function createExporter(registry: Registry): Server {
  const scrape: RequestListener = (request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end();
    registry.metrics().then(
      (text) => response.writeHead(200, { 'Content-Type': registry.contentType }).end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  };
  return createServer(scrape);
}
