/** Of what goes to every client, and to the servers themselves. */
export const EVERYONE = 'all';
export const SERVERS = 'servers';
const TOPIC = 'topic/';

export function channelOf(topic: string | undefined): string {
  return topic === undefined ? EVERYONE : TOPIC + topic;
}

/** Whom a channel is for: undefined for every client. */
export function topicOf(channel: string): string | undefined {
  return channel.startsWith(TOPIC) ? channel.slice(TOPIC.length) : undefined;
}

/** In UTF-8. Brokers have limits of their own: NATS cuts off whoever names a longer subject than 4096 bytes. */
const MAX_NAME_BYTES = 1024;

/**
 * Whether a topic, or a key, is the same everywhere, and brokers can name it: a lone surrogate has no UTF-8, so that two
 * topics would be one.
 */
export function isShareable(topic: string): boolean {
  // Not the whole of it, where it is much too long.
  if (topic.length > MAX_NAME_BYTES) return false;
  const bytes = Buffer.from(topic, 'utf8');
  return bytes.length <= MAX_NAME_BYTES && bytes.toString('utf8') === topic;
}
