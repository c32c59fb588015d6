import { equivalentsOf } from './equivalent.js';

export const HANDSHAKE_EQUIVALENT = equivalentsOf('handshake', {});
