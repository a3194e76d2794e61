/** Voice activity per 20 ms frame: the WebRTC detector (libfvad, WebAssembly) without its tail, about 2 µs a frame. */
import loadFvad, { type FvadModule } from '@echogarden/fvad-wasm';
import { FRAME_SAMPLES, SAMPLE_RATE_HZ } from '../ports.js';
import { TailGate } from './tail-gate.js';

/** How sure the detector must be: 0 takes most sounds for speech, 3 (very aggressive) the fewest. */
export type VadMode = 0 | 1 | 2 | 3;

export interface Vad {
  /**
   * @param frame the next 320 samples of the call (20 ms at 16 kHz).
   * @throws RangeError when the frame has another length.
   */
  isVoiced(frame: Int16Array): boolean;
  /** Gives the detector's memory back. Safe to call twice; no other call may follow. */
  close(): void;
}

interface Engine {
  wasm: FvadModule;
  /** Byte offset of the frame buffer every detector shares: calls are synchronous, so none overlap. */
  frame: number;
}

let engine: Engine | undefined;
let loading: Promise<void> | undefined;

/** Loads the WebAssembly module, once per process (about 5 ms). Await it before the first `createVad`. */
export function loadVad(): Promise<void> {
  loading ??= loadFvad().then((wasm) => {
    engine = { wasm, frame: wasm._malloc(FRAME_SAMPLES * 2) };
  });
  return loading;
}

/**
 * Makes a detector for one call; it adapts to that call's background noise.
 * @throws Error when `loadVad` has not finished.
 */
export function createVad({ mode }: { mode: VadMode }): Vad {
  if (!engine) throw new Error('createVad was called before loadVad() finished.');
  const { wasm, frame: buffer } = engine;
  const detector = wasm._fvad_new();
  if (detector === 0) throw new Error('The voice detector could not get memory.');
  wasm._fvad_set_mode(detector, mode);
  wasm._fvad_set_sample_rate(detector, SAMPLE_RATE_HZ);
  const gate = new TailGate();
  let closed = false;
  return {
    isVoiced(frame) {
      if (closed) throw new Error('This voice detector is closed.');
      if (frame.length !== FRAME_SAMPLES) {
        throw new RangeError(`A frame has ${FRAME_SAMPLES} samples, not ${frame.length}.`);
      }
      wasm.HEAP16.set(frame, buffer >> 1);
      return gate.passes(frame, wasm._fvad_process(detector, buffer, FRAME_SAMPLES) === 1);
    },
    close() {
      if (closed) return;
      closed = true;
      wasm._fvad_free(detector);
    },
  };
}
