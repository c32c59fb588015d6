import type { Gate } from './gate.js';
import { changelog } from './gates/changelog.js';
import { fixtures, format, lint, types } from './gates/commands.js';
import { docs } from './gates/docs.js';
import { errors } from './gates/errors.js';
import { exportsGate } from './gates/exports.js';
import { layers } from './gates/layers.js';
import { options } from './gates/options.js';
import { security } from './gates/security.js';
import { sizes } from './gates/sizes.js';
import { words } from './gates/words.js';

/** All gates in the order in which they are reported. */
export const GATES: readonly Gate[] = [
  format,
  lint,
  types,
  layers,
  sizes,
  exportsGate,
  options,
  errors,
  docs,
  security,
  fixtures,
  words,
  changelog,
];
