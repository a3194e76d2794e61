/** G.711 to linear PCM16, by the tables of the standard. */

const decodeMuLaw = (byte: number): number => {
  const code = ~byte & 0xff;
  const magnitude = (((code & 0x0f) << 3) + 0x84) << ((code & 0x70) >> 4);
  return code & 0x80 ? 0x84 - magnitude : magnitude - 0x84;
};

const decodeALaw = (byte: number): number => {
  const code = byte ^ 0x55;
  const exponent = (code & 0x70) >> 4;
  const mantissa = ((code & 0x0f) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return code & 0x80 ? magnitude : -magnitude;
};

const tableOf = (decode: (byte: number) => number) =>
  Int16Array.from({ length: 256 }, (_, byte) => decode(byte));
const tables = { mu: tableOf(decodeMuLaw), a: tableOf(decodeALaw) };

/** @param law `mu` (North America, Japan) or `a` (elsewhere). One byte is one sample at 8,000 Hz. */
export function samplesFromG711(bytes: Uint8Array, law: 'mu' | 'a'): Int16Array {
  const table = tables[law];
  return Int16Array.from(bytes, (byte) => table[byte] ?? 0);
}
