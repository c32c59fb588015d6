/** Of what goes to every client. */
export const EVERYONE = 'all';
const TOPIC = 'topic/';

export function channelOf(topic: string | undefined): string {
  return topic === undefined ? EVERYONE : TOPIC + topic;
}

/** Whom a channel is for: undefined for every client. */
export function topicOf(channel: string): string | undefined {
  return channel.startsWith(TOPIC) ? channel.slice(TOPIC.length) : undefined;
}

/** Whether brokers can name it: a lone surrogate has no UTF-8, so that two topics would be one. */
export function isShareable(topic: string): boolean {
  return Buffer.from(topic, 'utf8').toString('utf8') === topic;
}
