import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

/** A client or a worker made elsewhere could be made without the codec, and would write in clear. */
const makers = {
  'new Client(': ['src/api/temporal.ts', 'src/cli/keys/usage.ts'], // the second one reads labels only
  'new WorkflowClient(': [],
  'Worker.create(': ['src/workers/workers.ts'],
};

test.each(Object.entries(makers))('%s stands only where the codec is handed over', (call, allowed) => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join('src', name));
  expect(files.length).toBeGreaterThan(200);
  expect(files.filter((file) => readFileSync(file, 'utf8').includes(call)).sort()).toEqual(allowed);
});
