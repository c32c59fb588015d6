import { Opcode, parseClose } from '@sokker/frame';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Wire } from './wire.js';

const ROOT = join(__dirname, '../../..');

test('SIGTERM: the clients are told, and the process exits by itself', async () => {
  const script = join(__dirname, 'draining-server.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const ports = line.toString().trim().split(' ').map(Number);
  const wires = await Promise.all(ports.map((port) => Wire.open(port)));
  for (const wire of wires) wire.text('hello');
  for (const wire of wires) expect((await wire.frame()).payload.toString()).toBe('hello');
  child.kill('SIGTERM');
  for (const wire of wires) {
    const { opcode, payload } = await wire.frame();
    expect([opcode, parseClose(payload).code]).toEqual([Opcode.close, 1012]);
    wire.send(Opcode.close, payload);
  }
  expect(await exited).toEqual([0, null]);
});
