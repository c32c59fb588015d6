/** What can go wrong between the servers of a cluster. docs/errors.md is printed from it. */
export const FAULTS = {
  ERR_SOKKER_CLUSTER_CLOSED: { text: 'the cluster was closed: other servers are not reached' },
  ERR_SOKKER_PUBLISH: {
    text: 'the backplane did not say that it took the message: clients of this server have it, perhaps they alone',
  },
  ERR_SOKKER_PUBLISH_BEHIND: {
    text: 'maxPendingBytes wait for the backplane: the message went to clients of this server alone',
  },
  ERR_SOKKER_SUBSCRIBE: { text: 'the backplane did not subscribe; it is tried again' },
  ERR_SOKKER_UNSUBSCRIBE: { text: 'the backplane did not unsubscribe; it is tried again' },
  ERR_SOKKER_BACKPLANE: { text: 'the backplane has trouble' },
  ERR_SOKKER_NOT_SUBSCRIBED: { text: 'no client of this server is in the topic' },
  ERR_SOKKER_ENVELOPE: { text: 'what came from the backplane is no message of a cluster, and is dropped' },
  ERR_SOKKER_RELAY: { text: 'the primary process does not answer: call relayWorkers() there' },
} as const;
export type FaultCode = keyof typeof FAULTS;
