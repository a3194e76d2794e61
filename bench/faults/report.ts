/** The fault table as a person reads it. */
import { createStyle, table } from '../../src/cli/terminal/style.js';
import type { TurnResult } from './probe-call.js';
import type { Row } from './row.js';

const seconds = (ms: number | null): string => (ms === null ? 'never' : `${(ms / 1_000).toFixed(2)} s`);
const worst = (values: readonly (number | null)[]): number | null =>
  values.includes(null) ? null : Math.max(...values.map((value) => value ?? 0));

/** Figures of the turns in which the provider was still asked, the worst of them; then of the last. */
export function reportOf(rows: readonly Row[], colour: boolean): string {
  const style = createStyle(colour);
  const [head = '', ...lines] = table([
    ['stage', 'fault', 'first sound', 'answer', 'longest silence', 'then', 'what the caller heard'],
    ...rows.map(({ stage, fault, turns, broken }) => [
      stage,
      fault,
      seconds(worst(turns.slice(0, -1).map(({ firstSoundMs }) => firstSoundMs))),
      seconds(worst(turns.slice(0, -1).map(({ answerMs }) => answerMs))),
      seconds(worst(turns.map(({ longestSilenceMs }) => longestSilenceMs))),
      seconds(turns.at(-1)?.firstSoundMs ?? null),
      [...new Set(turns.map(heardIn)), ...(broken.length > 0 ? ['BROKEN'] : [])].join('; then '),
    ]),
  ]);
  const broken = rows.flatMap(({ stage, fault, broken }) =>
    broken.map((what) => style.bad(`✗ ${stage} ${fault}, ${what}`)),
  );
  const verdict = broken.length === 0 ? [style.good('Every promise was kept.')] : broken;
  return [style.dim(head), ...lines, '', ...verdict, ''].join('\n');
}

const voices = {
  server: '',
  local: ' in the local voice',
  both: ' begun in its own voice, ended in the local one',
  none: ' on the screen only',
};

function heardIn({ filler, answer, voice, afterwards }: TurnResult): string {
  if (answer === null) return filler === null ? 'nothing' : `“${filler}” and nothing more`;
  const bridge = filler === null ? '' : `“${filler}”, then `;
  if (afterwards !== null) return `${bridge}“${begin(afterwards)}”, the answer on the screen only`;
  return `${bridge}${kindOf(answer)}${voices[voice]}`;
}

const begin = (text: string): string => (text.length > 60 ? `${text.slice(0, 57).trimEnd()}…` : text);

/** The model's words are marked (row.ts); apologies begin like this (voice/session/phrases.ts). */
function kindOf(answer: string): string {
  if (/^I (am sorry, I|still could)/.test(answer)) return `“${begin(answer)}”`;
  if (!answer.includes('words of the model')) return 'the agent’s own sentence';
  return answer.endsWith('What happened then?')
    ? 'the model’s sentence'
    : 'the model’s beginning, the agent’s own sentence';
}
