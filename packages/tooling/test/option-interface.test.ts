import { interfacesOf } from '../src/option-interface.js';
import { MemoryTree } from './memory-tree.js';

const tree = new MemoryTree({
  'packages/frame/package.json': {},
  'packages/frame/src/index.ts': "export type { DecoderOptions } from './decoder.js';",
  'packages/frame/src/decoder.ts': [
    'export interface DecoderOptions { readonly role: string; readonly maxBytes?: number }',
    'interface InnerOptions { a: 1 }',
  ].join('\n'),
  'packages/face/package.json': {},
  'packages/face/src/index.ts': "export type { FaceOptions as ConnectionOptions } from './face.js';",
  'packages/face/src/face.ts': 'export interface FaceOptions { theirs: 1 }',
  'packages/connection/package.json': {},
  'packages/connection/src/index.ts': "export type { ConnectionOptions, State } from './connection.js';",
  'packages/connection/src/connection.ts':
    'export interface ConnectionOptions extends DecoderOptions { closeTimeoutMs?: number; role: string }',
});

test('the public interfaces of options are found, with the keys they inherit from another package', () => {
  expect(interfacesOf(tree, 'frame')).toEqual([
    { name: 'DecoderOptions', path: 'packages/frame/src/decoder.ts', keys: ['role', 'maxBytes'] },
  ]);
  expect(interfacesOf(tree, 'connection')[0]?.keys).toEqual(['role', 'maxBytes', 'closeTimeoutMs']);
});

test('one that is exported under the name of another is found by its own', () => {
  expect(interfacesOf(tree, 'face')).toEqual([
    { name: 'FaceOptions', path: 'packages/face/src/face.ts', keys: ['theirs'] },
  ]);
});
