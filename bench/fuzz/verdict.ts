import type { FuzzedEdge } from './edge.js';
import type { FuzzResult } from './run.js';

/**
 * Growth of the live memory from the second part to the last that is no leak: caches fill and code is compiled for some
 * megabytes. A leaked session alone (its detector, its buffers) is 100 kB; a run has thousands.
 */
export const MOST_GROWTH_BYTES = 16 * 1_024 * 1_024;

/** Bytes held more after the last part than after the second; the first one warms up. */
export function growthOf({ parts }: Pick<FuzzResult, 'parts'>): number {
  return (parts.at(-1)?.heldBytes ?? 0) - (parts[1]?.heldBytes ?? 0);
}

/** @returns what is wrong, in sentences; empty when all is well. */
export function faultsOf(
  result: FuzzResult,
  defects: FuzzedEdge['defects'],
  crashes: readonly string[],
): string[] {
  const growth = growthOf(result);
  const left = result.parts.flatMap((part, n) =>
    Object.entries(part.left)
      .filter(([, count]) => count > 0)
      .map(([what, count]) => `${count} ${what} left after part ${n + 1}.`),
  );
  return [
    ...crashes.map((crash) => `Crash: ${crash}`),
    ...[...defects].map(([what, count]) => `Defect, ${count} times: ${what}`),
    ...left,
    ...result.suspects
      .slice(0, 20)
      .map(({ transport, seed, why }) => `Conversation ${seed} (${transport}): ${why}.`),
    ...(growth > MOST_GROWTH_BYTES ? [`Memory grew by ${(growth / 1_048_576).toFixed(1)} MB.`] : []),
  ];
}
