import { FOREIGN_OPTIONS } from '../src/foreign-options.js';
import { SERVER_OPTIONS } from '../src/options.js';
import { SokkerServer } from '../src/server.js';

test.each([...FOREIGN_OPTIONS])('%s: use %s', (name, instead) => {
  expect(Object.keys(SERVER_OPTIONS)).not.toContain(name);
  expect(() => new SokkerServer({ [name]: 1 })).toThrow(`SokkerServer has no option '${name}'; use ${instead}`);
  const ours = [...Object.keys(SERVER_OPTIONS), ...Object.getOwnPropertyNames(SokkerServer.prototype)];
  expect(ours).toEqual(expect.arrayContaining([expect.stringMatching(`^(${instead.match(/\w+/g)?.join('|')})$`)]));
});
