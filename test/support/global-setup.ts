/** Starts servers.main.ts, which see, and hands its addresses to jest's workers through the environment. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

declare global {
  // Jest's setup and teardown are two modules of one process; this is how they meet.
  var hermesTestServers: ChildProcess | undefined;
}

export default async function globalSetup(): Promise<void> {
  // A process of its own, because jest loads this file without its module mapping ('./x.js' → './x.ts').
  const program = join(import.meta.dirname, 'servers.main.ts');
  const host = spawn(process.execPath, ['--import', 'tsx', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true, // Ctrl-C is for jest; the host notices by its stdin
  });
  globalThis.hermesTestServers = host;
  for await (const line of createInterface({ input: host.stdout })) {
    process.env['HERMES_TEST_SERVERS'] = line;
    return;
  }
  throw new Error('the test servers did not start (the reason is above)');
}
