/** The part of the Emscripten build of libfvad (the WebRTC detector) that we call; the package ships no types. */
declare module '@echogarden/fvad-wasm' {
  /** Pointers are byte offsets into the module's memory. The HEAP view is replaced whenever that memory grows. */
  export interface FvadModule {
    HEAP16: Int16Array;
    _malloc(bytes: number): number;
    _fvad_new(): number;
    _fvad_free(detector: number): void;
    /** @returns 0, or -1 when the mode is not 0–3. */
    _fvad_set_mode(detector: number, mode: number): number;
    /** @returns 0, or -1 when the rate is not 8000, 16000, 32000 or 48000. */
    _fvad_set_sample_rate(detector: number, rateHz: number): number;
    /** @returns 1 voiced, 0 unvoiced, -1 when the frame is not 10, 20 or 30 ms long. */
    _fvad_process(detector: number, frame: number, samples: number): number;
  }
  export default function load(): Promise<FvadModule>;
}
