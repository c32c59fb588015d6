import { equivalentsOf } from './equivalent.js';

export const FRAME_EQUIVALENT = equivalentsOf('frame', {});
