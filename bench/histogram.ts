/** What one latency sample costs the audio loop, and what a report costs: `npm run bench:histogram`. */
import { speculationOutcomes, stages, type TurnTiming } from '../src/domain/latency.js';
import { emptyHistogram, encodeHistogram, recordMs } from '../src/telemetry/histograms.js';
import { mergeStages, type StoredHistogram } from '../src/telemetry/latency-report.js';
import { LatencyRecorder } from '../src/telemetry/latency.js';
import { createLogger } from '../src/telemetry/logger.js';

const TURNS = 200_000;
const MINUTES = 1_440;
/** A turn's stages, and its total by the outcome of the eager start. */
const SAMPLES = stages.length + 1;

const outcomes = speculationOutcomes.map((outcome) => ({ outcome }));

const timings = Array.from({ length: 4_096 }, (): TurnTiming => {
  const spread = (): number => 5 * Math.exp(Math.random() * 5);
  return Object.fromEntries(stages.map((stage) => [stage, spread()]));
});
const recorder = new LatencyRecorder({
  store: () => Promise.resolve(),
  logger: createLogger('silent', 'bench'),
});

function nanosecondsPerSample(turns: number): number {
  const began = process.hrtime.bigint();
  for (let i = 0; i < turns; i++)
    recorder.record(`firm-${i % 20}`, timings[i & 4_095] ?? {}, outcomes[i % outcomes.length]);
  return Number(process.hrtime.bigint() - began) / (turns * SAMPLES);
}
nanosecondsPerSample(TURNS / 10); // lets the compiler see the loop
const perSample = nanosecondsPerSample(TURNS);
await recorder.close();

const minute = emptyHistogram();
for (let i = 0; i < 200; i++) recordMs(minute, 50 * Math.exp(Math.random() * 3));
const stored: StoredHistogram = { stage: 'total', histogram: encodeHistogram(minute) };
const began = performance.now();
async function* day(): AsyncGenerator<StoredHistogram[]> {
  for (let i = 0; i < MINUTES; i += 500)
    yield await Promise.resolve(Array<StoredHistogram>(500).fill(stored));
}
await mergeStages(day());
const mergeMs = performance.now() - began;

process.stdout.write(
  `record  ${perSample.toFixed(0)} ns a sample (${SAMPLES} samples a turn; limit 2,000 ns)\n`,
);
process.stdout.write(`stored  ${stored.histogram.length} bytes for a minute of 200 samples\n`);
process.stdout.write(`merge   ${mergeMs.toFixed(0)} ms for 1,500 stored minutes of one stage\n`);
process.exitCode = perSample < 2_000 ? 0 : 1;
