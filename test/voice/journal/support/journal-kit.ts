/** What the journal tests share: a real AES seal, a sink that keeps what it gets, and a directory of their own. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallHeader, IntakeSink, JournalEvent } from '../../../../src/voice/ports.js';
import type { JournalDeps } from '../../../../src/voice/journal/contract.js';
import { silentLogger } from '../../../support/log.js';

export const newDirectory = (): string => join(mkdtempSync(join(tmpdir(), 'hermes-journal-')), 'calls');

export const sealWith = (key: Buffer): Pick<JournalDeps, 'seal' | 'open'> => ({
  seal(plain) {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), body]);
  },
  open(sealed) {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
    decipher.setAuthTag(sealed.subarray(12, 28));
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
  },
});
export const testKey = Buffer.alloc(32, 7);

export const call = (n: number): CallHeader => ({
  tenantId: 'acme-law',
  callId: `call_${String(n).padStart(20, '0')}`,
  startedAtMs: 1_700_000_000_000,
});
export const turn = (number: number, text = `turn ${number}`): JournalEvent => ({
  kind: 'turn',
  turn: {
    number,
    role: number % 2 ? 'agent' : 'caller',
    text,
    atMs: 1_700_000_000_000 + number,
    input: 'typed',
  },
});
export const ended = (lastTurn: number): JournalEvent => ({
  kind: 'ended',
  reason: 'caller_hangup',
  atMs: 1_700_000_100_000,
  lastTurn,
});

export interface KeptSink extends IntakeSink {
  /** Call id → events in the order of delivery, repeats included. */
  got: Map<string, JournalEvent[]>;
  of(call: CallHeader): JournalEvent[];
  /** Rejects while it returns true. */
  refuses: (call: CallHeader) => boolean;
  attempts: number;
}
export function keepingSink(): KeptSink {
  const sink: KeptSink = {
    got: new Map(),
    of: (header) => sink.got.get(header.callId) ?? [],
    refuses: () => false,
    attempts: 0,
    async deliver(header, events) {
      sink.attempts += 1;
      await Promise.resolve();
      if (sink.refuses(header)) throw new Error('down');
      sink.got.set(header.callId, [...sink.of(header), ...events]);
    },
  };
  return sink;
}

export const journalDeps = (directory: string, sink: IntakeSink): JournalDeps => ({
  directory,
  ...sealWith(testKey),
  sink,
  logger: silentLogger,
  epochMs: () => 1_700_000_200_000,
  commitEveryMs: 5,
  delivery: { retryInitialMs: 5, retryMaxMs: 40 },
});
