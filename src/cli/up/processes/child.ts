import { spawn } from 'node:child_process';
import { getPriority, setPriority } from 'node:os';
import type { LogFile } from './log-file.js';
import type { Reaper } from './reaper.js';

/** How to start a program and how to ask it to stop. */
export interface ChildSpec {
  name: string;
  command: string;
  args: readonly string[];
  /** Its whole environment. */
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** Runs as this user; left out: as ours. Needs root. */
  user?: { uid: number; gid: number } | undefined;
  /** How far it gives way to the others (steps of nice(1)); left out: not at all. */
  niceness?: number | undefined;
  /** Asks for an orderly end. */
  stopSignal: 'SIGINT' | 'SIGTERM';
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Settles when the process is gone; never rejects. */
  readonly exited: Promise<Exit>;
  readonly isRunning: boolean;
  /** Each line it prints on stdout. */
  onLine: (listener: (line: string) => void) => void;
  /** Asks it to stop and kills its whole group when it has not within `graceMs`. */
  stop: (graceMs: number) => Promise<Exit>;
  /** Ends its whole group at once. */
  kill: () => void;
}

/**
 * Starts a program in a process group of its own (Ctrl-C in the terminal then reaches only the supervisor, which stops
 * things in order), watched by the reaper, with all it prints in `log`. A program that cannot be started at all shows
 * as an exit with code 127 and the reason in the log.
 */
export function startChild(spec: ChildSpec, reaper: Reaper, log: LogFile): Child {
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: { ...spec.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(spec.user ?? {}),
  });
  const pid = child.pid ?? 0;
  if (pid > 0) reaper.watch(pid);
  if (pid > 0 && spec.niceness !== undefined) giveWay(pid, spec.niceness);
  const listeners: ((line: string) => void)[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    log.write(chunk);
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) for (const listener of listeners) listener(line);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => log.write(chunk));

  let isRunning = true;
  const exited = new Promise<Exit>((resolve) => {
    const over = (exit: Exit): void => {
      if (!isRunning) return;
      isRunning = false;
      signalGroup(pid, 'SIGKILL'); // what it left behind in its group
      reaper.forget(pid);
      resolve(exit);
    };
    child.once('error', (error) => {
      log.write(`${spec.command}: ${error.message}\n`);
      over({ code: 127, signal: null });
    });
    child.once('exit', (code, signal) => over({ code, signal }));
  });
  return {
    name: spec.name,
    pid,
    exited,
    get isRunning() {
      return isRunning;
    },
    onLine: (listener) => void listeners.push(listener),
    stop: async (graceMs) => {
      if (isRunning) signalGroup(pid, spec.stopSignal);
      const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
      const exit = await exited;
      clearTimeout(timer);
      return exit;
    },
    kill: () => signalGroup(pid, 'SIGKILL'),
  };
}

const LEAST_PRIORITY = 19;
/** Right after the start, so that every thread it makes inherits it. Nobody needs root to be polite. */
function giveWay(pid: number, niceness: number): void {
  try {
    setPriority(pid, Math.min(LEAST_PRIORITY, getPriority() + niceness));
  } catch {
    return; // it is gone already, or the system knows no such thing
  }
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  if (group <= 0) return;
  try {
    process.kill(-group, signal);
  } catch {
    return; // nobody is left in the group
  }
}
