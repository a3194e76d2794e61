/**
 * Whether this process can do its work, part by part. Probes come every second from several places, so one check at a
 * time runs and its answer is kept for a moment.
 */

export const readinessParts = ['database', 'temporal', 'journal'] as const;
export type ReadinessPart = (typeof readinessParts)[number];
/** Each part with what is wrong with it, in words; null when nothing is. */
export type ReadinessReport = Record<ReadinessPart, string | null>;
export type Readiness = () => Promise<ReadinessReport>;

export interface ReadinessDeps {
  /** Rejects when the database is away. */
  pingDatabase: () => Promise<void>;
  /** Rejects when the Temporal frontend is away. */
  pingTemporal: () => Promise<void>;
  /** False while turns cannot be made to last on this machine (disk full, read-only). */
  journalHealthy: () => boolean;
  nowMs?: () => number;
}

/** A slower part counts as away: a probe usually gives up after a few seconds. */
const PART_TIMEOUT_MS = 2_000;
const KEPT_MS = 1_000;

/** @returns a check that never rejects. */
export function createReadiness(deps: ReadinessDeps): Readiness {
  const nowMs = deps.nowMs ?? Date.now;
  let kept: { atMs: number; report: Promise<ReadinessReport> } | undefined;
  return () => {
    if (!kept || nowMs() - kept.atMs > KEPT_MS) kept = { atMs: nowMs(), report: examine(deps) };
    return kept.report;
  };
}

async function examine(deps: ReadinessDeps): Promise<ReadinessReport> {
  const [database, temporal] = await Promise.all([
    trouble(
      deps.pingDatabase,
      'does not answer; lists, sessions and new claims fail, calls in progress go on',
    ),
    trouble(deps.pingTemporal, 'does not answer; turns wait in the journal until it does'),
  ]);
  const journal = deps.journalHealthy() ? null : 'cannot write to disk; turns are held in memory only';
  return { database, temporal, journal };
}

async function trouble(ping: () => Promise<void>, words: string): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => (timer = setTimeout(() => resolve(words), PART_TIMEOUT_MS)));
  const answer = ping().then(
    () => null,
    () => words,
  );
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
