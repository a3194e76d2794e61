/** The hash chain of the audit log: what is hashed, and how a chain is checked. No database in here. */
import { createHash } from 'node:crypto';

/** The hashed part of one row. `details` holds JSON values only; `sealed` is hashed as it lies in the table. */
export interface AuditContent {
  tenantId: string;
  seq: number;
  eventId: string;
  /** Whole milliseconds. */
  at: Date;
  actor: string;
  action: string;
  subject: string;
  reason: string;
  details: Readonly<Record<string, unknown>>;
  /** SHA-256 of the sealed part, hex; null when there is none. Its key is not needed to check the chain. */
  sealedSha256: string | null;
}

/** A row as it is checked. Hashes in hex. */
export interface ChainedRow extends AuditContent {
  prevHash: string;
  hash: string;
}

/** What the first row of a firm follows. */
export const GENESIS = '0'.repeat(64);

/** SHA-256 over the previous hash and the row as canonical JSON (keys sorted, no white space). Hex. */
export function chainHash(prevHash: string, row: AuditContent): string {
  const { tenantId, seq, eventId, at, actor, action, subject, reason, details, sealedSha256 } = row;
  const content = {
    ...{ tenantId, seq, eventId, at: at.toISOString(), actor, action, subject, reason, details },
    sealedSha256,
  };
  return createHash('sha256')
    .update(Buffer.from(prevHash, 'hex'))
    .update(canonicalJson(content))
    .digest('hex');
}

export const sha256Hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The last row that was found good. */
export interface ChainHead {
  seq: number;
  hash: string;
}

export interface ChainBreak {
  /** The row at which the chain no longer holds. */
  seq: number;
  problem: 'missing rows' | 'does not follow the row before it' | 'altered';
}

/**
 * Checks rows in order of `seq` against the head before them.
 * @returns the new head, or where and how the chain breaks.
 */
export function checkChain(
  rows: Iterable<ChainedRow>,
  from: ChainHead = { seq: 0, hash: GENESIS },
): { head: ChainHead; broken?: ChainBreak } {
  let head = from;
  for (const row of rows) {
    const broken = problemOf(row, head);
    if (broken) return { head, broken: { seq: row.seq, problem: broken } };
    head = { seq: row.seq, hash: row.hash };
  }
  return { head };
}

function problemOf(row: ChainedRow, head: ChainHead): ChainBreak['problem'] | undefined {
  if (row.seq !== head.seq + 1) return 'missing rows';
  if (row.prevHash !== head.hash) return 'does not follow the row before it';
  return chainHash(row.prevHash, row) === row.hash ? undefined : 'altered';
}

/** JSON with sorted keys, so that the same content always gives the same bytes. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`);
  return `{${entries.join(',')}}`;
}
