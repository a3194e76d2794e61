import { readFileSync } from 'node:fs';

/** What one process has used so far. */
export interface Usage {
  /** User and system time, in milliseconds. */
  cpuMs: number;
  rssBytes: number;
}

/** `sysconf(_SC_CLK_TCK)`: 100 on every Linux Node runs on. */
const TICK_MS = 10;
/** Fields of /proc/PID/stat after the command, which may hold spaces: utime and stime (proc(5), fields 14 and 15). */
const UTIME = 11;
const STIME = 12;

/** Reads /proc, so that asking costs the process nothing. @throws Error when there is no such process. */
export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return {
    cpuMs: (Number(fields[UTIME]) + Number(fields[STIME])) * TICK_MS,
    rssBytes: Number(resident ?? 0) * 1_024,
  };
}
