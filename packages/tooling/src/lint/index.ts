export { isHotPath } from './hot-path.js';
import { importedGlobals } from './imported-globals.js';
import { noKeyedObject } from './no-keyed-object.js';
import { noRecursion } from './no-recursion.js';
import { noRegexp } from './no-regexp.js';
import { noUnfilledAlloc } from './no-unfilled-alloc.js';

/** The rules of this house as an ESLint plugin. */
export const house = {
  meta: { name: 'house' },
  rules: {
    'imported-globals': importedGlobals,
    'no-keyed-object': noKeyedObject,
    'no-recursion': noRecursion,
    'no-regexp': noRegexp,
    'no-unfilled-alloc': noUnfilledAlloc,
  },
};
