import { threadBackplane } from '@sokker/cluster';
import { keepsItsPromise } from './contract.js';

let count = 0;

keepsItsPromise(() => {
  const name = `test ${count++}`;
  return Promise.resolve({ backplane: () => threadBackplane(name), stop: () => Promise.resolve() });
});
