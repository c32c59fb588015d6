export { permessageDeflate } from './extension.js';
export { DEFLATE_OPTIONS } from './options.js';
export type { DeflateOptions, Preset } from './options.js';
export type { DeflateSession } from './session.js';
export { LIMITS, RESPONSES, VIOLATIONS } from './violations.js';
export type { LimitCode, ResponseCode, ViolationCode } from './violations.js';
