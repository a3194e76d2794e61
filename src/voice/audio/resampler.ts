/**
 * Streaming change of sample rate (Speex, WebAssembly). Filter state lives between calls, so frame edges do not click.
 * Loading the module is asynchronous and happens once per process; making a resampler afterwards is synchronous, because
 * a call must be able to start an utterance without waiting.
 */
import loadSpeex, { type SpeexResamplerModule } from '@echogarden/speex-resampler-wasm/simd';
import { concatSamples } from './pcm.js';

export interface Resampler {
  /** Takes the next samples of the stream, any number; returns the samples that are ready (possibly none). */
  process(samples: Int16Array): Int16Array;
  /** Ends the stream: returns what the filter still holds. Out then totals in × toHz / fromHz, within one sample. */
  flush(): Int16Array;
  /** Gives the filter's memory back. Safe to call twice; no other call may follow. */
  close(): void;
}

/** Speex's own setting for voice over IP: 3 ms of delay, 3–4 µs per 20 ms frame; 5 costs twice that. */
const QUALITY = 3;
/** Samples handed to the module at a time; longer input is fed in pieces. 0.25 s at 16 kHz. */
const BLOCK_SAMPLES = 4096;
/** Room for one block's output at the largest ratio we allow (8 kHz to 96 kHz), plus the filter's own delay. */
const OUTPUT_SAMPLES = BLOCK_SAMPLES * 12 + 512;

interface Engine {
  wasm: SpeexResamplerModule;
  /** Byte offsets of buffers every resampler shares: calls are synchronous, so none overlap. */
  input: number;
  output: number;
  /** Two 32-bit cells: samples in, samples out. */
  counts: number;
}

let engine: Engine | undefined;
let loading: Promise<void> | undefined;

/** Loads the WebAssembly module, once per process (about 5 ms). Await it before the first `createResampler`. */
export function loadResampler(): Promise<void> {
  loading ??= loadSpeex().then((wasm) => {
    engine = {
      wasm,
      input: wasm._malloc(BLOCK_SAMPLES * 2),
      output: wasm._malloc(OUTPUT_SAMPLES * 2),
      counts: wasm._malloc(8),
    };
  });
  return loading;
}

/**
 * Starts a stream of mono PCM16. Equal rates pass samples through untouched.
 * @param fromHz rate of the samples put in, 8000–96000.
 * @param toHz rate of the samples that come out, 8000–96000.
 * @throws Error when `loadResampler` has not finished, RangeError on a rate out of range.
 */
export function createResampler(fromHz: number, toHz: number): Resampler {
  for (const rateHz of [fromHz, toHz]) {
    if (!Number.isInteger(rateHz) || rateHz < 8000 || rateHz > 96_000) {
      throw new RangeError(`Sample rate ${rateHz} Hz is not a whole number between 8000 and 96000.`);
    }
  }
  if (fromHz === toHz) return passThrough;
  if (!engine) throw new Error('createResampler was called before loadResampler() finished.');
  return new SpeexResampler(engine, fromHz, toHz);
}

const passThrough: Resampler = {
  process: (samples) => samples,
  flush: () => new Int16Array(0),
  close: () => undefined,
};

class SpeexResampler implements Resampler {
  private readonly state: number;
  private closed = false;

  constructor(
    private readonly engine: Engine,
    fromHz: number,
    toHz: number,
  ) {
    const { wasm, counts } = engine;
    this.state = wasm._speex_resampler_init(1, fromHz, toHz, QUALITY, counts);
    if (this.state === 0) throw new Error('The resampler could not get memory for its filter.');
    // Drop the filter's leading silence, so that output lines up with input.
    wasm._speex_resampler_skip_zeros(this.state);
  }

  process(samples: Int16Array): Int16Array {
    if (this.closed) throw new Error('This resampler is closed.');
    const pieces: Int16Array[] = [];
    let used = 0;
    while (used < samples.length) {
      const step = this.step(samples.subarray(used, used + BLOCK_SAMPLES));
      used += step.used;
      if (step.made.length > 0) pieces.push(step.made);
    }
    return pieces.length === 1 && pieces[0] ? pieces[0] : concatSamples(pieces);
  }

  flush(): Int16Array {
    const held = this.engine.wasm._speex_resampler_get_input_latency(this.state);
    return this.process(new Int16Array(held));
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.engine.wasm._speex_resampler_destroy(this.state);
  }

  private step(block: Int16Array): { used: number; made: Int16Array } {
    const { wasm, input, output, counts } = this.engine;
    wasm.HEAP16.set(block, input >> 1);
    wasm.HEAPU32[counts >> 2] = block.length;
    wasm.HEAPU32[(counts >> 2) + 1] = OUTPUT_SAMPLES;
    const failed = wasm._speex_resampler_process_int(this.state, 0, input, counts, output, counts + 4);
    if (failed !== 0) throw new Error(`The resampler refused a block (code ${failed}).`);
    const used = wasm.HEAPU32[counts >> 2] ?? 0;
    const made = wasm.HEAPU32[(counts >> 2) + 1] ?? 0;
    return { used, made: wasm.HEAP16.slice(output >> 1, (output >> 1) + made) };
  }
}
