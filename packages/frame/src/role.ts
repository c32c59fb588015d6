/** Which endpoint we are. A server receives masked frames and sends unmasked ones; a client the reverse (RFC 6455 §5.1). */
export type Role = 'client' | 'server';
