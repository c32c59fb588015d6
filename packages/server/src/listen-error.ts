import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ServerError } from './errors.js';
import type { FaultCode } from './violations.js';

const FAULTS_BY_CAUSE: ReadonlyMap<string, FaultCode> = new Map([
  ['EADDRINUSE', 'ERR_SOKKER_ADDRESS_IN_USE'],
  ['EACCES', 'ERR_SOKKER_ADDRESS_DENIED'],
  ['ENOENT', 'ERR_SOKKER_ADDRESS_DIRECTORY'],
  ['ENOTDIR', 'ERR_SOKKER_ADDRESS_DIRECTORY'],
]);

/** Why a port, or the path of a unix socket, could not be listened on, in one sentence that says what to do. */
export function listenError(cause: Error, port: number | string, host: string | undefined): ServerError {
  const { code = '' } = cause as NodeJS.ErrnoException;
  // Where the directory is missing libuv makes EACCES of ENOENT, so that it is told as Windows tells it.
  const known = code === 'EACCES' && typeof port === 'string' && isMissing(dirname(port)) ? 'ENOENT' : code;
  const subject = typeof port === 'string' ? port : `port ${port}${host === undefined ? '' : ` of ${host}`}`;
  return new ServerError(FAULTS_BY_CAUSE.get(known) ?? 'ERR_SOKKER_ADDRESS', subject, { cause });
}

/** False where it cannot be told, as within a directory that we may not look into. */
function isMissing(directory: string): boolean {
  try {
    return statSync(directory, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}
