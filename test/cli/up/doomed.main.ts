/** `<directory>`: starts two children under a reaper, prints their pids and waits to be killed. */
import { join } from 'node:path';
import { startChild } from '../../../src/cli/up/processes/child.js';
import { LogFile } from '../../../src/cli/up/processes/log-file.js';
import { startReaper } from '../../../src/cli/up/processes/reaper.js';
import { shell } from './scene.js';

const [directory = ''] = process.argv.slice(2);
const reaper = startReaper();
reaper.remove(directory);
const log = new LogFile(join(directory, 'child.log'));
for (const script of ['exec sleep 600', 'trap "" INT TERM; while :; do sleep 0.05; done'])
  process.stdout.write(`${startChild(shell('child', script), reaper, log).pid}\n`);
setInterval(() => undefined, 60_000);
