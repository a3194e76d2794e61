/** The part of the Emscripten build of the Speex resampler that we call; the package ships no types. */
declare module '@echogarden/speex-resampler-wasm/simd' {
  /** Pointers are byte offsets into the module's memory. The HEAP views are replaced whenever that memory grows. */
  export interface SpeexResamplerModule {
    HEAP16: Int16Array;
    HEAPU32: Uint32Array;
    _malloc(bytes: number): number;
    _speex_resampler_init(
      channels: number,
      fromHz: number,
      toHz: number,
      quality: number,
      errorPointer: number,
    ): number;
    _speex_resampler_destroy(state: number): void;
    _speex_resampler_skip_zeros(state: number): number;
    _speex_resampler_get_input_latency(state: number): number;
    /** In: samples offered and room in the output. Out, at the same pointers: samples used and written. */
    _speex_resampler_process_int(
      state: number,
      channel: number,
      input: number,
      inputLengthPointer: number,
      output: number,
      outputLengthPointer: number,
    ): number;
  }
  export default function load(): Promise<SpeexResamplerModule>;
}
