/** What a run must show, and what it failed to. Pure. */
import type { ChaosResult } from './result.js';

/** Sentences, one for each promise that was broken; none when all were kept. */
export function brokenPromises(result: ChaosResult): string[] {
  const { differences, faults, parked, leftovers, rates, rounds, blows } = result;
  const broken: string[] = [];
  for (const [what, keys] of Object.entries(differences) as [string, string[]][])
    if (keys.length > 0) broken.push(`${keys.length} ${what}: ${some(keys)}`);
  const unmet = Object.entries(faults).flatMap(([kind, met]) => (met === 0 ? [kind] : []));
  if (unmet.length > 0) broken.push(`no request met: ${some(unmet)}`);
  if (parked.unjustified.length > 0) {
    const told = parked.unjustified.map(
      ({ key, cause, met }) => `${key} (${cause ?? 'no cause'} after ${met ?? 'no fault'})`,
    );
    broken.push(`${told.length} parked without a reason: ${some(told)}`);
  }
  for (const { state, because } of rounds)
    if (state !== 'completed') broken.push(`a redrive job ended ${state}: ${because ?? 'no reason given'}`);
  for (const [what, count] of Object.entries(leftovers)) if (count > 0) broken.push(`${count} ${what}`);
  for (const [system, { limit, mostInAMinute, felt }] of Object.entries(rates)) {
    if (mostInAMinute > limit)
      broken.push(`${system} was asked ${mostInAMinute} times in a minute, ${limit} are allowed`);
    if (felt > 0) broken.push(`${system} told us ${felt} times to slow down`);
  }
  if (Object.keys(blows).length === 0) broken.push('nothing was killed');
  return broken;
}

const SHOWN = 5;
const some = (all: readonly string[]): string =>
  `${all.slice(0, SHOWN).join(', ')}${all.length > SHOWN ? ` and ${all.length - SHOWN} more` : ''}`;
