import { connect } from '../src/index.js';
import { FOREIGN_OPTIONS } from '../src/foreign-options.js';
import { RECONNECT_OPTIONS } from '../src/reconnect-options.js';

test.each([...FOREIGN_OPTIONS])('%s: use %s', async (name, instead) => {
  expect(Object.keys(RECONNECT_OPTIONS)).not.toContain(name);
  const answer = `has no option '${name}'; use ${instead}`;
  await expect(connect('ws://127.0.0.1', { [name]: 1 })).rejects.toThrow(`connect ${answer}`);
  expect(() => connect.forever('ws://127.0.0.1', { [name]: 1 })).toThrow(`connect.forever ${answer}`);
  const ours = [...Object.keys(RECONNECT_OPTIONS), ...Object.keys(connect)];
  expect(ours).toEqual(expect.arrayContaining([expect.stringMatching(`^(${instead.match(/\w+/g)?.join('|')})$`)]));
});
