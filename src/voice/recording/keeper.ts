/**
 * What becomes of a finished recording: from the spool into the store, noted in the list, out of the spool. In the
 * background, tried again until it is done; what a process leaves in the spool, the next one takes up.
 */
import { readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { CallId, TenantId } from '../../domain/ids.js';
import { FRAME_MS } from '../ports.js';
import type { FinishedRecording, RecorderDeps, RecordingFacts } from './contract.js';
import { RecordingError } from './format.js';
import { planOf } from './plan.js';
import { Retries } from './retries.js';
import { STEREO_FRAME_BYTES } from './stereo.js';

const SUFFIX = '.rec';

export class Keeper {
  readonly #deps: RecorderDeps;
  readonly #spool: string;
  readonly #jobs: Retries;
  /** Lengths of the files in the spool, by call. */
  readonly #bytes = new Map<CallId, number>();

  constructor(deps: RecorderDeps, spool: string) {
    this.#deps = deps;
    this.#spool = spool;
    this.#jobs = new Retries({
      initialMs: deps.retryInitialMs,
      onFailure: (callId, err, attempt) =>
        deps.logger.warn({ callId, err, attempt }, 'a recording is not in its store yet'),
    });
  }

  get pending(): number {
    return this.#jobs.size;
  }

  /** What the files in the spool take, but for those being written. */
  get bytes(): number {
    let sum = 0;
    for (const bytes of this.#bytes.values()) sum += bytes;
    return sum;
  }

  pathOf(tenantId: TenantId, callId: CallId): string {
    return join(this.#spool, `${tenantId}.${callId}${SUFFIX}`);
  }

  /** Takes up every file of an earlier process. */
  async recover(): Promise<void> {
    for (const name of await readdir(this.#spool)) {
      const [tenantId, callId] = name.slice(0, -SUFFIX.length).split('.');
      if (!name.endsWith(SUFFIX) || !isTenant(tenantId) || !isCall(callId)) continue;
      this.#deps.logger.info({ callId }, 'a recording that an earlier process left is taken up');
      this.keep(tenantId, callId, (await stat(join(this.#spool, name))).size);
    }
  }

  /** The list shows the recording at once; if not, it does when the recording is finished. */
  noteBegan(facts: RecordingFacts): void {
    const { catalogue, logger } = this.#deps;
    catalogue
      .began(facts)
      .catch((err: unknown) => logger.warn({ callId: facts.callId, err }, 'a recording is not listed yet'));
  }

  /** The file in the spool is closed: it goes into the store. */
  keep(tenantId: TenantId, callId: CallId, bytes: number): void {
    this.#bytes.set(callId, bytes);
    this.#jobs.run(callId, (signal) => this.#settle(tenantId, callId, signal));
  }

  /** As `erase`, tried again until it is done. */
  eraseLater(tenantId: TenantId, callId: CallId, by: string): void {
    this.#jobs.run(callId, (signal) => this.#eraseNow(tenantId, callId, by, signal));
  }

  async erase(tenantId: TenantId, callId: CallId, by: string): Promise<void> {
    await this.#jobs.stop(callId);
    await this.#eraseNow(tenantId, callId, by, AbortSignal.timeout(ERASE_TIMEOUT_MS));
  }

  open(tenantId: TenantId, callId: CallId, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | null> {
    return this.#deps.store.get(keyOf(tenantId, callId), signal);
  }

  /** Stops all attempts; the files stay for the next process. */
  close(): Promise<void> {
    return this.#jobs.close();
  }

  async #eraseNow(tenantId: TenantId, callId: CallId, by: string, signal: AbortSignal): Promise<void> {
    await this.#letGo(tenantId, callId);
    await this.#deps.store.delete(keyOf(tenantId, callId), signal);
    await this.#deps.catalogue.erased(tenantId, callId, by);
  }

  /** Everything here may be done twice: a crash between two lines changes nothing. */
  async #settle(tenantId: TenantId, callId: CallId, signal: AbortSignal): Promise<void> {
    const { store, catalogue, logger } = this.#deps;
    const path = this.pathOf(tenantId, callId);
    const finished = await this.#inspect(tenantId, callId, path);
    if (finished) {
      await store.put(keyOf(tenantId, callId), path, signal);
      const kept = await catalogue.finished(finished);
      if (!kept) await store.delete(keyOf(tenantId, callId), signal);
      const { state, bytes } = finished;
      logger.info(
        { callId, state, bytes, kept },
        'a recording is in its store, unless it was deleted meanwhile',
      );
    }
    await this.#letGo(tenantId, callId);
  }

  async #letGo(tenantId: TenantId, callId: CallId): Promise<void> {
    await rm(this.pathOf(tenantId, callId), { force: true });
    this.#bytes.delete(callId);
  }

  /** Reads what the file holds and cuts off a torn end. @returns null when no sound can ever be had from it. */
  async #inspect(tenantId: TenantId, callId: CallId, path: string): Promise<FinishedRecording | null> {
    const { keys, store, logger } = this.#deps;
    try {
      const plan = await planOf(path, { tenantId, callId, keys });
      if ((await stat(path)).size > plan.wholeBytes) await truncate(path, plan.wholeBytes);
      const durationMs = (plan.pcmBytes / STEREO_FRAME_BYTES) * FRAME_MS;
      const state = plan.complete ? 'stored' : 'incomplete';
      return { ...plan.facts, state, durationMs, bytes: plan.wholeBytes, store: store.name };
    } catch (error) {
      // Cut before its facts were written: there is no sound in it.
      if (!(error instanceof RecordingError) || error.kind !== 'not_a_recording') throw error;
      logger.warn({ callId }, 'a recording ended before its first sound');
      return null;
    }
  }
}

const ERASE_TIMEOUT_MS = 10_000;
const keyOf = (tenantId: TenantId, callId: CallId): string => `${tenantId}/${callId}${SUFFIX}`;
const isTenant = (text: string | undefined): text is TenantId => TenantId.safeParse(text).success;
const isCall = (text: string | undefined): text is CallId => CallId.safeParse(text).success;
