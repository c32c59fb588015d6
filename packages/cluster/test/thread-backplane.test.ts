import { threadBackplane } from '@sokker/cluster';
import { keepsItsPromise } from './contract.js';

let count = 0;

keepsItsPromise(() => {
  const prefix = `test-${count++}`;
  return Promise.resolve({ backplane: () => threadBackplane({ prefix }), stop: () => Promise.resolve() });
});
