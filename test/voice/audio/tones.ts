/** Made-up audio for tests of the signal chain. */

/** A sine tone. @param level peak as a share of full scale. */
export function tone(hz: number, seconds: number, rateHz: number, level = 0.5): Int16Array {
  return Int16Array.from({ length: Math.round(seconds * rateHz) }, (_, i) =>
    Math.round(32_767 * level * Math.sin((2 * Math.PI * hz * i) / rateHz)),
  );
}

/** Root mean square of a run of samples. */
export function rms(samples: Int16Array): number {
  return Math.sqrt(samples.reduce((sum, s) => sum + s * s, 0) / samples.length);
}

/** Cuts samples into pieces of one length; the last may be shorter. */
export function pieces(samples: Int16Array, length: number): Int16Array[] {
  return Array.from({ length: Math.ceil(samples.length / length) }, (_, i) =>
    samples.subarray(i * length, (i + 1) * length),
  );
}
