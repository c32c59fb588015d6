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
  const subject = typeof port === 'string' ? port : `port ${port}${host === undefined ? '' : ` of ${host}`}`;
  const fault = (typeof port === 'string' ? faultOfPath(code, port) : undefined) ?? FAULTS_BY_CAUSE.get(code);
  return new ServerError(fault ?? 'ERR_SOKKER_ADDRESS', subject, { cause });
}

function faultOfPath(code: string, path: string): FaultCode | undefined {
  if (code === 'EADDRINUSE') return 'ERR_SOKKER_PATH_IN_USE';
  // Where the directory is missing libuv makes EACCES of ENOENT, so that it is told as Windows tells it.
  return code === 'EACCES' && isMissing(dirname(path)) ? 'ERR_SOKKER_ADDRESS_DIRECTORY' : undefined;
}

/** False where it cannot be told, as within a directory that we may not look into. */
function isMissing(directory: string): boolean {
  try {
    return statSync(directory, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}
