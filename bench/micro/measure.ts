/** One thing whose cost is wanted: `op` does it once. */
export interface Subject {
  name: string;
  op: (i: number) => void;
  /** Repetitions of `op` per run; chosen so that a run takes tens of milliseconds. */
  times: number;
  /** Lets go of what the run has queued, outside the measured time. */
  settle?: () => Promise<unknown>;
}

export interface Measurement {
  name: string;
  /** Nanoseconds of one `op`: the median of the runs, and the fastest and slowest of them. */
  nsPerOp: number;
  minNs: number;
  maxNs: number;
}

const RUNS = 9;

/** Runs the subject `RUNS` times after one run that lets the compiler see the loop. */
export async function measure(subject: Subject): Promise<Measurement> {
  const runs: number[] = [];
  for (let run = -1; run < RUNS; run++) {
    const ns = oneRun(subject);
    if (run >= 0) runs.push(ns);
    await (subject.settle?.() ?? new Promise((resolve) => setImmediate(resolve)));
  }
  runs.sort((a, b) => a - b);
  const at = (index: number): number => runs[index] ?? 0;
  return { name: subject.name, nsPerOp: at(RUNS >> 1), minNs: at(0), maxNs: at(RUNS - 1) };
}

function oneRun({ op, times }: Subject): number {
  const began = process.hrtime.bigint();
  for (let i = 0; i < times; i++) op(i);
  return Number(process.hrtime.bigint() - began) / times;
}
