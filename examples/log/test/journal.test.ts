import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from '../journal.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sokker-journal-'));
  path = join(folder, 'journal.jsonl');
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** What all file handles share. */
async function handles(): Promise<FileHandle> {
  const file = await open(join(folder, 'any'), 'w');
  await file.close();
  return Object.getPrototypeOf(file) as FileHandle;
}

const lines = (): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);

test('a line is in the file when its promise resolves', async () => {
  const journal = await Journal.open(path);
  await journal.append({ text: 'two\nlines' });
  expect(lines()).toEqual(['{"text":"two\\nlines"}']);
  await journal.close();
});

test('a burst keeps its order and costs few flushes', async () => {
  const flush = jest.spyOn(await handles(), 'datasync');
  const journal = await Journal.open(path);
  const written = Array.from({ length: 1000 }, (_, number) => journal.append(number));
  expect(journal.waitingCharacters).toBeGreaterThan(1000);
  await Promise.all(written);
  expect(lines()).toEqual(Array.from({ length: 1000 }, (_, number) => String(number)));
  expect(flush.mock.calls.length).toBeLessThanOrEqual(2);
  expect(journal.waitingCharacters).toBe(0);
  await journal.close();
});

test('what came during a flush is not acknowledged by it', async () => {
  const order: string[] = [];
  const prototype = await handles();
  const journal = await Journal.open(path);
  const sync = jest.spyOn(prototype, 'datasync');
  sync.mockImplementation(async () => {
    order.push('flush');
  });
  const first = journal.append(1).then(() => order.push('first'));
  await Promise.resolve();
  await Promise.resolve();
  const second = journal.append(2).then(() => order.push('second'));
  await Promise.all([first, second]);
  expect(order).toEqual(['flush', 'first', 'flush', 'second']);
  await journal.close();
});

test('opens what is there, and cuts off a line that a crash tore', async () => {
  writeFileSync(path, `1\n2\n${'3'.repeat(100_000)}`);
  const journal = await Journal.open(path);
  await journal.append(4);
  await journal.close();
  expect(lines()).toEqual(['1', '2', '4']);
});

test('a file that is one torn line begins anew', async () => {
  appendFileSync(path, 'torn');
  const journal = await Journal.open(path);
  await journal.close();
  expect(readFileSync(path, 'utf8')).toBe('');
});

test('once the disk refused, nothing more is promised', async () => {
  const journal = await Journal.open(path);
  jest.spyOn(await handles(), 'datasync').mockRejectedValueOnce(new Error('no space left'));
  const outcomes = await Promise.allSettled([journal.append(1), journal.append(2)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(journal.append(3)).rejects.toThrow('no space left');
  await journal.close();
});

test('closing writes what waits', async () => {
  const journal = await Journal.open(path);
  const written = journal.append(1);
  await journal.close();
  await written;
  expect(lines()).toEqual(['1']);
  await expect(journal.append(2)).rejects.toThrow('closed');
});
