/**
 * `npm run bench:pauses`: how often a caller who pauses is taken to have finished, beside how long one who has finished
 * waits for it: whoever shortens the one number sees the other.
 */
import { parseArgs } from 'node:util';
import { table } from '../../src/cli/terminal/style.js';
import { defaultRules } from '../../src/domain/turntaking/rules.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { spreadOf } from '../voice/percentiles.js';
import { answers, type Answer } from './corpus.js';
import { listen, type Heard, type Words } from './listen.js';
import { speakAll, type Spoken } from './speak.js';

const USAGE = `npm run bench:pauses [-- --silence-ms MS] [--words live|on_commit] [--json]

Speaks answers with pauses of 100 to 1,000 ms in two machine voices into the voice detector and the turn-taking rules.
  --silence-ms MS   the silence rule, HERMES_SILENCE_MS (600)
  --words WHEN      live: the recogniser tells words 100 ms after the sound; on_commit: when asked, 100 ms later (live)
  --json            one JSON document
`;
const PAUSES_MS = Array.from({ length: 10 }, (_, n) => (n + 1) * 100);

const { values } = parseArgs({
  options: {
    'silence-ms': { type: 'string', default: String(defaultRules.silenceMs) },
    words: { type: 'string', default: 'live' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

interface Row {
  kind: Answer['kind'];
  /** Share of the pauses of each length that were taken for the end. */
  falseEnds: { pauseMs: number; pauses: number; share: number }[];
  endpointMs: { p50: number; p95: number } | null;
  wasted: number;
}

function rowOf(kind: Answer['kind'], spoken: readonly Spoken[], silenceMs: number, words: Words): Row {
  const rules = { ...defaultRules, silenceMs };
  const all: Heard[] = [];
  const falseEnds = PAUSES_MS.map((pauseMs) => {
    const heard = spoken.map(({ answer, audio }) => listen(answer, audio, { pauseMs, words, rules }));
    all.push(...heard);
    const pauses = heard.reduce((sum, one) => sum + one.pauses, 0);
    return { pauseMs, pauses, share: heard.reduce((sum, one) => sum + one.falseEnds, 0) / pauses };
  });
  const spread = spreadOf(all.flatMap(({ endpointMs }) => (endpointMs === null ? [] : [endpointMs])));
  const wasted = all.reduce((sum, one) => sum + one.wasted, 0) / all.length;
  return { kind, falseEnds, endpointMs: spread && { p50: spread.p50, p95: spread.p95 }, wasted };
}

function shown(rows: readonly Row[]): string {
  const percent = (share: number): string => `${(share * 100).toFixed(0)} %`.padStart(6);
  const lines = table([
    [
      'taken for the end',
      ...PAUSES_MS.map((ms) => `${ms} ms`.padStart(6)),
      'real end p50 / p95',
      'wasted starts',
    ],
    ...rows.map(({ kind, falseEnds, endpointMs, wasted }) => [
      kind,
      ...falseEnds.map(({ share }) => percent(share)),
      endpointMs ? `${endpointMs.p50} / ${endpointMs.p95} ms` : 'never',
      wasted.toFixed(1),
    ]),
  ]);
  return `${lines.join('\n')}\n`;
}

async function main(): Promise<number> {
  const silenceMs = Number(values['silence-ms']);
  const { words } = values;
  if (!(silenceMs > 0) || (words !== 'live' && words !== 'on_commit')) {
    process.stderr.write(USAGE);
    return 2;
  }
  const spoken = await speakAll(answers, ['slt', 'rms'], createLogger('silent', 'bench'));
  const kinds = [...new Set(answers.map(({ kind }) => kind))];
  const rows = kinds.map((kind) =>
    rowOf(
      kind,
      spoken.filter(({ answer }) => answer.kind === kind),
      silenceMs,
      words,
    ),
  );
  process.stdout.write(
    values.json ? `${JSON.stringify({ node: process.version, silenceMs, words, rows })}\n` : shown(rows),
  );
  return 0;
}

if (values.help) process.stdout.write(USAGE);
else process.exitCode = await main();
