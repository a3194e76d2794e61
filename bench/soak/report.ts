import { createStyle, table } from '../../src/cli/terminal/style.js';
import { closesOf, type Summary } from '../voice/summary.js';
import type { Flatness, TimedSample } from './flatness.js';

export interface SoakResult extends Summary {
  samples: TimedSample[];
  /** What the edge holds after a collection. */
  held: Flatness;
  rss: Flatness;
}

const megabytes = (bytes: number): string => (bytes / 1_048_576).toFixed(1);

export function reportOf(result: SoakResult): string {
  const style = createStyle(process.stdout.isTTY && !process.env['NO_COLOR']);
  const flatness = ({ slopePerHour, grownBytes, flat }: Flatness, last: number): string => {
    const words = `${megabytes(last)} MB at the end, ${megabytes(grownBytes)} MB more than after the warm-up, ${megabytes(slopePerHour)} MB an hour`;
    return flat ? words : style.bad(`${words}: GROWS`);
  };
  const last = result.samples.at(-1);
  const { turns, callsEnded, callsLost, lostWith } = result;
  const lost = callsLost === 0 ? '0 lost' : style.bad(`${callsLost} lost (${closesOf(lostWith)})`);
  return [
    style.bold(`${result.calls} calls for ${(result.seconds / 60).toFixed(1)} min`),
    ...table([
      ['turns', `${turns.sent} sent, ${turns.answered} answered, ${turns.missed} missed`],
      ['calls', `${callsEnded} ended and were followed by others, ${lost}`],
      ['held by the edge', flatness(result.held, last?.heldBytes ?? 0)],
      ['RSS of the edge', flatness(result.rss, last?.rssBytes ?? 0)],
    ]),
    '',
  ].join('\n');
}
