import { createStyle } from '../terminal/style.js';

/** Tells a person how the start goes. */
export interface Progress {
  /**
   * One step: its line appears when it is done and every step announced before it is, so steps that run at the same
   * time still read in order. The promise answers with what to show beside the label.
   * @returns the same outcome as `work`.
   */
  step: (label: string, work: Promise<string>) => Promise<void>;
  /** Something worth knowing in between, at once. */
  note: (line: string) => void;
}

export const silentProgress: Progress = {
  step: async (_label, work) => {
    await work;
  },
  note: () => undefined,
};

const LABEL_WIDTH = 18;
const DETAIL_WIDTH = 56;

/**
 * Aligned lines, coloured on a terminal and plain elsewhere.
 * @param write usually `process.stdout.write`.
 */
export function terminalProgress(write: (text: string) => void, colour: boolean): Progress {
  const style = createStyle(colour);
  let previous: Promise<void> = Promise.resolve();
  const show = (mark: string, label: string, detail: string, sinceMs: number): void => {
    const took = `${Math.round(performance.now() - sinceMs)} ms`.padStart(9);
    write(`${mark} ${label.padEnd(LABEL_WIDTH)}${detail.padEnd(DETAIL_WIDTH)}${style.dim(took)}\n`);
  };
  return {
    step: async (label, work) => {
      const startedMs = performance.now();
      const finished = work.then(
        (detail) => ({ detail, tookFromMs: performance.now() }),
        () => undefined,
      );
      const before = previous;
      previous = finished.then(async (outcome) => {
        await before;
        if (!outcome) return;
        const waitedMs = performance.now() - outcome.tookFromMs;
        show(style.good('✓'), label, outcome.detail, startedMs + waitedMs);
      });
      const mine = previous;
      await work;
      await mine;
    },
    note: (line) => write(`${style.dim(`  ${line}`)}\n`),
  };
}
