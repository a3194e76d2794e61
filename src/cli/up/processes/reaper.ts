import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Ends what we started when we die without a chance to do it ourselves. See reaper-process.mjs. */
export interface Reaper {
  /** @param group id of a process group (the pid of its leader). */
  watch(group: number): void;
  forget(group: number): void;
  /** Removes the directory, too, when we are gone. */
  remove(directory: string): void;
  /** Lets it do its work now and waits until it has ended. */
  close(): Promise<void>;
}

/** Starts the watcher: one small process in a session of its own, so that Ctrl-C does not reach it. */
export function startReaper(): Reaper {
  const program = fileURLToPath(new URL('./reaper-process.mjs', import.meta.url));
  const child = spawn(process.execPath, [program], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  // A watcher that was killed leaves a broken pipe; the stack itself goes on without the safety net.
  child.stdin.on('error', () => undefined);
  child.unref();
  const tell = (line: string): void => {
    if (child.stdin.writable) child.stdin.write(`${line}\n`);
  };
  return {
    watch: (group) => tell(`watch ${group}`),
    forget: (group) => tell(`forget ${group}`),
    remove: (directory) => tell(`remove ${directory}`),
    close: async () => {
      child.ref();
      child.stdin.end();
      await ended;
    },
  };
}
