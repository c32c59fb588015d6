/** @sokker/handshake as server and as client of fixtures. */
import {
  createRequest,
  encodeRequest,
  encodeResponse,
  HandshakeError,
  refuse,
  RequestHeadReader,
  respond,
  ResponseHeadReader,
  verifyResponse,
  type UpgradePolicyOptions,
  type UpgradeRequest,
} from '@sokker/handshake';
import type {
  ClientImplementation,
  HandshakeImplementation,
  Http2Implementation,
  ServerSettings,
} from '../../src/index.js';
import { ours } from './ours.js';

const policyOf = ({ subprotocols, origin }: ServerSettings): UpgradePolicyOptions => ({ subprotocols, origin });

export const handshakeServer: HandshakeImplementation = {
  create(settings) {
    const reader = new RequestHeadReader();
    let answer: ReturnType<typeof respond> | undefined;
    const frames: Buffer[] = [];
    const read = (bytes: Buffer): ReturnType<typeof respond> | undefined => {
      try {
        const head = reader.read(bytes);
        if (head === undefined) return undefined;
        const answered = respond({ ...head, secure: settings.secure }, policyOf(settings));
        if (answered.type !== 'refusal') frames.push(reader.rest);
        return answered;
      } catch (error) {
        if (error instanceof HandshakeError) return refuse(error);
        throw error;
      }
    };
    return {
      push(bytes) {
        if (answer === undefined) answer = read(bytes);
        else if (answer.type !== 'refusal') frames.push(bytes);
      },
      written: () => (answer === undefined ? Buffer.alloc(0) : encodeResponse(answer)),
      frames: () => Buffer.concat(frames),
    };
  },
};

export const handshakeHttp2: Http2Implementation = {
  respond(settings, pseudoHeaders, headers) {
    const { ':method': method = '', ':path': target = '', ':protocol': protocol } = pseudoHeaders;
    const rawHeaders = [...Object.entries(pseudoHeaders), ...headers].flat();
    const request: UpgradeRequest = {
      method,
      target,
      protocol,
      rawHeaders,
      httpVersion: '2.0',
      secure: settings.secure,
    };
    const answer = respond(request, policyOf(settings));
    const fields: [string, string][] = [];
    for (let at = 0; at < answer.rawHeaders.length; at += 2) {
      fields.push([answer.rawHeaders[at]?.toLowerCase() ?? '', answer.rawHeaders[at + 1] ?? '']);
    }
    return { status: answer.status, headers: fields };
  },
};

export const handshakeClient: ClientImplementation = {
  request: (url, subprotocols, headers) => ours(() => encodeRequest(createRequest(url, { subprotocols, headers }))),
  create(key, subprotocols) {
    const randomBytes = (): Buffer => Buffer.from(key, 'base64');
    const request = createRequest('ws://example.com/chat', { subprotocols, randomBytes });
    const reader = new ResponseHeadReader();
    return {
      push(bytes) {
        const head = ours(() => reader.read(bytes));
        if (head === undefined) return undefined;
        const result = ours(() => verifyResponse(request, head));
        if (result.type === 'declined') throw Object.assign(new Error('declined'), { httpStatus: result.status });
        return { subprotocol: result.subprotocol ?? null, frames: reader.rest };
      },
      end: () => ours(() => reader.end()),
    };
  },
};
