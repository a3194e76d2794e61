import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { run } from '../../temporal/run.js';
import type { Source, Tool } from '../../temporal/tool.js';

const MARK = '# whole';

/** A program is a shell script whose last line says that it is whole. */
export const wholeProgram = (says = 'ok'): string => `#!/bin/sh\necho ${says}\n${MARK}\n`;

/** Writes it in two halves with a pause between, like a download. */
export const slowSource = (halfTimeMs: number): Source => ({
  label: 'slow download',
  version: '1',
  async fetch(scratch) {
    const path = join(scratch, 'tool');
    const text = wholeProgram();
    writeFileSync(path, text.slice(0, 12));
    await pause(halfTimeMs);
    writeFileSync(path, text);
    return path;
  },
});

export const failingSource = (label: string, why: string): Source => ({
  label,
  version: label,
  fetch: () => Promise.reject(new Error(why)),
});

/** A tool that runs when it is whole. */
export const fakeTool = (...sources: Source[]): Tool => ({
  id: 'fake',
  label: 'Fake tool',
  program: 'tool',
  variable: 'FAKE_TOOL_PATH',
  async check(path) {
    await run(path, [], { timeoutMs: 5_000 });
    if (!readFileSync(path, 'utf8').includes(MARK)) throw new Error('is cut off');
  },
  sources,
  advice: ['plant a tool tree', 'set FAKE_TOOL_PATH'],
});

export const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
