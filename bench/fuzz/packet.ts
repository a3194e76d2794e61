/** One WebSocket message of a caller. Text is bytes too, because not all of it is UTF-8. */
export interface Packet {
  data: Buffer;
  isBinary: boolean;
}

export const textPacket = (message: unknown): Packet => ({
  data: Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)),
  isBinary: false,
});
export const binaryPacket = (data: Buffer): Packet => ({ data, isBinary: true });
