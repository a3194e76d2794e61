/** Figures as a person reads them. */
import { createStyle, table } from '../../src/cli/terminal/style.js';
import type { EdgeAccount } from './edge-account.js';
import type { BenchOptions } from './options.js';
import type { Spread } from './percentiles.js';
import type { RampResult } from './ramp.js';
import { closesOf, type Summary } from './summary.js';

type Style = ReturnType<typeof createStyle>;

const ms = (value: number): string => value.toFixed(value < 100 ? 1 : 0).padStart(7);
const megabytes = (bytes: number): string => (bytes / 1_048_576).toFixed(1);
/** So few calls need less than the collector's garbage comes and goes. */
const perCall = (bytes: number): string =>
  bytes > 0 ? `${megabytes(bytes)} MB per call` : 'too few calls to tell them apart';
const percent = (share: number): string => (share * 100).toFixed(share < 0.1 ? 2 : 1);

const spreadRow = (label: string, spread: Spread | null): string[] =>
  spread
    ? [label, ms(spread.p50), ms(spread.p95), ms(spread.p99), ms(spread.max)]
    : [label, ...Array<string>(4).fill('–'.padStart(7))];

/** What was measured, and on what. */
type About = Pick<BenchOptions, 'transport' | 'profile' | 'pin' | 'worker'> & { edgeAccount?: EdgeAccount };

export function reportOf(summary: Summary, about: About, colour: boolean): string {
  const style = createStyle(colour);
  const { turns, parts, edge } = summary;
  const [head = '', ...rows] = table([
    ['milliseconds', ...['p50', 'p95', 'p99', 'max'].map((name) => name.padStart(7))],
    spreadRow('response latency', summary.responseLatencyMs),
    ...Object.entries(summary.bySpeculation ?? {}).flatMap(([outcome, spread]) =>
      spread ? [spreadRow(`  of ${spread.count} eager start: ${outcome}`, spread)] : [],
    ),
    ...(parts.edgeOverheadMs
      ? [
          spreadRow('  voice detector’s tail, wire', parts.detectorTailMs),
          spreadRow('  endpointing hold', parts.endpointingHoldMs),
          spreadRow('  waits for providers', parts.providerWaitsMs),
          spreadRow('  edge overhead', parts.edgeOverheadMs),
        ]
      : []),
    spreadRow('interrupted → agent says it stops', summary.interruptions.stoppedAfterMs),
    spreadRow('  from there to its last frame', summary.interruptions.lastFrameAfterStopMs),
  ]);
  const facts = table([
    ['turns', `${turns.sent} sent, ${turns.answered} answered, ${missed(turns.missed, style)}`],
    [
      'CPU of the edge',
      `${percent(edge.cpuShareOfCore)} % of a core, ${percent(edge.cpuShareOfCorePerCall)} % per call`,
    ],
    [
      'RSS of the edge',
      `${megabytes(edge.rssBytes)} MB, idle ${megabytes(edge.rssIdleBytes)} MB, ${perCall(edge.rssBytesPerCall)}, ${megabytes(edge.heldBytesPerCall)} MB of it live`,
    ],
    [
      'event loop',
      edge.eventLoopDelayP99Ms === null
        ? 'not told'
        : `late by ${edge.eventLoopDelayP99Ms.toFixed(1)} ms (p99)`,
    ],
    ...remarks(summary),
    ...(about.edgeAccount && summary.speculationHitRate === null ? accountRows(about.edgeAccount) : []),
    ['generator', generatorWords(summary, style)],
  ]);
  return [
    style.bold(`${summary.calls} calls for ${summary.seconds} s, ${wordsAbout(about)}`),
    ...facts,
    style.dim(head),
    ...rows,
    '',
  ].join('\n');
}

/** Where the transport tells callers nothing of it, the edge's own report does. */
function accountRows({ edgeOverheadMs, speculationHitRate, totalMs }: EdgeAccount): string[][] {
  const figure = (value: number | null): string => (value === null ? '–' : ms(value).trim());
  const outcomes = Object.entries(totalMs).flatMap(([outcome, { count, p50, p99 }]) =>
    count > 0 ? [`${count} ${outcome} ${figure(p50)} / ${figure(p99)} ms`] : [],
  );
  return [
    [
      'by its own report',
      `overhead ${figure(edgeOverheadMs.p50)} / ${figure(edgeOverheadMs.p99)} ms (p50 / p99)`,
    ],
    [
      'eager starts',
      `${speculationHitRate === null ? '–' : percent(speculationHitRate)} % hits: ${outcomes.join(', ')}`,
    ],
  ];
}

const wordsAbout = ({ transport, profile, pin, worker }: About): string =>
  [
    transport,
    profile,
    ...(pin ? ['the edge on a core of its own'] : []),
    ...(worker ? [] : ['no worker']),
  ].join(', ');

const missed = (count: number, style: Style): string =>
  count === 0 ? '0 missed' : style.bad(`${count} missed`);

function remarks({
  callsLost,
  lostWith,
  callsEnded,
  agentCutIn,
  providerStalls,
  speculationHitRate,
}: Summary): string[][] {
  return [
    ...(speculationHitRate === null
      ? []
      : [['eager starts', `${percent(speculationHitRate)} % of the answers were ready`]]),
    ...(callsEnded > 0 ? [['calls ended', String(callsEnded)]] : []),
    ...(callsLost > 0 ? [['calls lost', `${callsLost}, with ${closesOf(lostWith)}`]] : []),
    ...(agentCutIn > 0 ? [['agent cut in', `${agentCutIn} times`]] : []),
    ...(providerStalls > 0 ? [['provider stalls', `${providerStalls} ordered`]] : []),
  ];
}

function generatorWords({ generator }: Summary, style: Style): string {
  const words = `frames late by ${generator.lateP99Ms.toFixed(1)} ms (p99), ${generator.lateMaxMs.toFixed(0)} ms at worst`;
  return generator.valid ? words : style.bad(`${words}: INVALID, the generator could not keep up`);
}

export function rampReportOf({ steps, before, ended }: RampResult, about: About, colour: boolean): string {
  const style = createStyle(colour);
  const [head = '', ...rows] = table([
    ['calls', 'p50 ms', 'p95 ms', 'missed', 'edge p99 ms', 'CPU % of a core', 'MB a call', 'generator'],
    ...steps.map(({ calls, responseLatencyMs, turns, parts, edge, generator }) => [
      String(calls),
      responseLatencyMs ? ms(responseLatencyMs.p50) : '–',
      responseLatencyMs ? ms(responseLatencyMs.p95) : '–',
      String(turns.missed),
      parts.edgeOverheadMs ? ms(parts.edgeOverheadMs.p99) : '–',
      percent(edge.cpuShareOfCore),
      megabytes(edge.rssBytesPerCall),
      generator.valid ? 'on time' : 'late',
    ]),
  ]);
  const words = before
    ? `${before.calls} calls on one core before p95 doubled (${percent(before.cpuShareOfCorePerCall)} % of a core per call); ended because ${ended}.`
    : `No step was valid; ended because ${ended}.`;
  return [style.dim(head), ...rows, style.bold(words), wordsAbout(about), ''].join('\n');
}
