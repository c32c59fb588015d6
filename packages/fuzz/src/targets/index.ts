import type { Target } from '../target.js';
import { closing } from './closing.js';
import { extensionHeader } from './extension-header.js';
import { frameTarget } from './frames.js';
import { inflate } from './inflate.js';
import { protocolHeader } from './protocol-header.js';
import { handshakeRequest } from './request.js';
import { handshakeResponse } from './response.js';

export const targets: readonly Target[] = [
  frameTarget('server'),
  frameTarget('client'),
  inflate,
  extensionHeader,
  protocolHeader,
  handshakeRequest,
  handshakeResponse,
  closing,
];
