import { execFile } from 'node:child_process';

export interface RunOptions {
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  cwd?: string;
}

/**
 * Runs a program to its end and gives what it printed (stdout and stderr).
 * @throws Error with one line that says what went wrong: not found, too slow, or the program's own last line.
 */
export async function run(program: string, args: readonly string[], options: RunOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const settings = { timeout: options.timeoutMs, killSignal: 'SIGKILL', maxBuffer: 16 << 20 } as const;
    execFile(
      program,
      args,
      { ...settings, signal: options.signal, cwd: options.cwd },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout + stderr);
        else reject(new Error(explain(program, error, stdout + stderr, options.timeoutMs), { cause: error }));
      },
    );
  });
}

function explain(
  program: string,
  error: Error & { killed?: boolean; code?: unknown },
  printed: string,
  limitMs: number,
) {
  if (error.code === 'ENOENT') return `${program}: not found`;
  if (error.name === 'AbortError') return 'stopped';
  if (error.killed) return `${program} took longer than ${limitMs / 1_000} s`;
  return lastLine(printed) ?? error.message.split('\n', 1)[0] ?? 'failed';
}

function lastLine(text: string): string | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').at(-1);
}
