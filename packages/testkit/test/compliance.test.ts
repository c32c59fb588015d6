import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compliance } from './compliance.js';

const page = join(__dirname, '..', '..', '..', 'docs', 'compliance.md');

test('docs/compliance.md is what the fixtures say (UPDATE_COMPLIANCE=1 rewrites it)', async () => {
  const text = await compliance();
  if (process.env.UPDATE_COMPLIANCE === '1') writeFileSync(page, text);
  expect(readFileSync(page, 'utf8')).toBe(text);
}, 60_000);
