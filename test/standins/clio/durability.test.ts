import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { controlOf } from '../../../standins/kit/control.js';
import { startClio } from './harness.js';

let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hermes-clio-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const ann = { type: 'Person', first_name: 'Ann', last_name: 'Lopez' };

/** Starts the stand-in as the stack does. */
async function spawnClio(port = 0) {
  const main = join(__dirname, '../../../standins/clio/main.ts');
  const state = join(folder, 'clio.ndjson');
  const child = spawn(process.execPath, ['--import', 'tsx', main, '--port', String(port), '--state', state], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => undefined)]);
  const ready = first && (JSON.parse(String(first[0])) as { event: string; url: string });
  return { child, ready };
}

describe('an answer that never came', () => {
  test('do the work and cut the connection: the matter exists once, and a blind retry would make two', async () => {
    const clio = await startClio();
    const contact = await clio.call('POST', '/contacts', ann);
    const matter = {
      client: { id: contact.id },
      description: 'x',
      client_reference: 'op-1',
    };
    await clio.control.fault({
      match: { method: 'POST', path: '/api/v4/matters' },
      effect: { kind: 'commit_then_cut' },
    });
    await expect(clio.call('POST', '/matters.json', matter)).rejects.toThrow('fetch failed');
    expect(await clio.control.created('matter')).toMatchObject([{ client_reference: 'op-1', number: 1 }]);
    await clio.call('POST', '/matters.json', matter);
    expect(await clio.control.created('matter')).toHaveLength(2);
    await clio.close();
  });

  test('a scripted failure wears Clio’s error shape', async () => {
    const clio = await startClio();
    await clio.control.fault({ effect: { kind: 'status', status: 500 } });
    expect((await clio.call('GET', '/contacts')).error).toHaveProperty('type');
    await clio.close();
  });
});

describe('a restart', () => {
  test('kill -9 loses no record and no token, and numbering goes on', async () => {
    const first = await spawnClio();
    const { access_token: token } = (await controlOf(first.ready!.url).post('grant')) as {
      access_token: string;
    };
    const call = (url: string, method: string, path: string, data?: object) =>
      fetch(`${url}/api/v4${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(data ? { body: JSON.stringify({ data }) } : {}),
      }).then((response) => response.json() as Promise<{ data: { id: number } }>);
    const contact = await call(first.ready!.url, 'POST', '/contacts', ann);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');

    const second = await spawnClio();
    const { url } = second.ready!;
    expect(await call(url, 'GET', `/contacts/${contact.data.id}?fields=name`)).toEqual({
      data: { name: 'Ann Lopez' },
    });
    const next = await call(url, 'POST', '/contacts', ann);
    expect(next.data.id).toBe(contact.data.id + 1);
    expect(await controlOf(url).created('contact')).toHaveLength(2);
    second.child.kill('SIGTERM');
    expect((await once(second.child, 'exit'))[0]).toBe(0);
  });

  test('a taken port ends the process with a clear message and exit 1', async () => {
    const holder = await startClio();
    const { child, ready } = await spawnClio(Number(new URL(holder.url).port));
    await holder.close();
    expect(ready).toBeUndefined();
    expect(child.exitCode).toBe(1);
  });
});
