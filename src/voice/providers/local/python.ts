/** Finding a Python on the machine and running it to the end. */
import { execFile } from 'node:child_process';
import { z } from 'zod';

const interpreterSchema = z.object({
  /** Absolute path of the interpreter itself, behind any launcher or shim. */
  executable: z.string().min(1),
  /** "3.11" */
  version: z.string(),
  /** What a compiled extension must fit: "cpython-311-x86_64-linux-gnu". */
  abi: z.string(),
  hasPip: z.boolean(),
});
export type Interpreter = z.infer<typeof interpreterSchema>;

const PROBE = `
import importlib.util, json, platform, sys, sysconfig
print(json.dumps({
  'executable': sys.executable,
  'version': '%d.%d' % sys.version_info[:2],
  'abi': '%s-%s' % (sysconfig.get_config_var('SOABI'), platform.machine()),
  'hasPip': importlib.util.find_spec('pip') is not None,
}))`;
/** A cold start takes 0.1 s; launchers that look for versions take a second. */
const PROBE_TIMEOUT_MS = 20_000;

/** @returns what the command runs, or undefined when it is not there or is not a working Python. */
export async function probePython(command: string, signal?: AbortSignal): Promise<Interpreter | undefined> {
  try {
    const printed = await runPython(command, ['-c', PROBE], { timeoutMs: PROBE_TIMEOUT_MS, signal });
    return interpreterSchema.parse(JSON.parse(printed));
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

/**
 * Runs it to its end and gives what it printed.
 * @throws Error with one line: the program's own last words, or that it took too long.
 */
export function runPython(
  command: string,
  args: readonly string[],
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const settings = { timeout: timeoutMs, killSignal: 'SIGKILL', signal, maxBuffer: 1 << 20 } as const;
    execFile(command, args, settings, (error, stdout, stderr) => {
      const lastWords = stderr.trim().split('\n').at(-1);
      const late = `it took longer than ${timeoutMs / 1000} s`;
      if (!error) resolve(stdout);
      else reject(new Error(error.killed ? late : lastWords || error.message, { cause: error }));
    });
  });
}
