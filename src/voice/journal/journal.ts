/**
 * The call journal: what was said survives this process. `append` only queues; a group commit writes and fsyncs what has
 * gathered, and only then is it delivered to the intake. What was delivered is noted, and files that hold nothing
 * undelivered are deleted. When the disk fails, events stay in memory and are delivered without it: calls go on.
 */
import { chmod, mkdir } from 'node:fs/promises';
import type { CallHeader, JournalEvent } from '../ports.js';
import { defaultDelivery, Delivery } from './delivery.js';
import { Books } from './books.js';
import type { JournalDeps, JournalHealth, OpenJournal } from './contract.js';
import { lockDirectory } from './lock.js';
import { encodeRecord, type JournalRecord } from './records.js';
import { recover, type Entry, type Recovered } from './recovery.js';
import { readSegments, SegmentLog } from './segment-log.js';

export type { JournalDeps, JournalHealth, OpenJournal } from './contract.js';

/** Long enough for the turns of many calls to share an fsync, short beside the time a turn takes to say. */
const COMMIT_EVERY_MS = 15;
/** About a thousand turns. */
const SEGMENT_BYTES = 1_048_576;
/** A disk that failed is tried again this often. */
const DISK_RETRY_MS = 1_000;
/**
 * Opens the journal and takes up what an earlier process left: undelivered events are delivered, and every call that
 * process had not ended is recorded as `connection_lost`.
 * @throws JournalBusyError when another process has the directory, JournalKeyError when the key is not the one it was
 * written with, or the file system's error.
 */
export async function openJournal(deps: JournalDeps): Promise<OpenJournal> {
  await mkdir(deps.directory, { recursive: true, mode: 0o700 });
  await chmod(deps.directory, 0o700);
  const unlock = await lockDirectory(deps.directory);
  try {
    const segments = await readSegments(deps.directory);
    const found = recover(segments, deps);
    return new Journal(
      deps,
      found,
      segments.map((segment) => segment.number),
      unlock,
    );
  } catch (error) {
    await unlock();
    throw error;
  }
}

class Journal implements OpenJournal {
  readonly recovered: OpenJournal['recovered'];
  readonly #deps: JournalDeps;
  readonly #unlock: () => Promise<void>;
  readonly #log: SegmentLog;
  readonly #books: Books;
  readonly #delivery: Delivery;
  #toWrite: Entry[] = [];
  /** Entries of the commit that is under way. */
  #writing = 0;
  /** Call id → position up to which it has been handed over, not noted in the file yet. */
  #toNote = new Map<string, number>();
  #commitTimer: NodeJS.Timeout | undefined;
  #committing: Promise<void> | undefined;
  #degraded = false;
  #closed = false;

  constructor(deps: JournalDeps, found: Recovered, segments: readonly number[], unlock: () => Promise<void>) {
    this.#deps = deps;
    this.#unlock = unlock;
    this.#log = new SegmentLog(deps.directory, found.lastSegment, deps.openSegment);
    this.#books = new Books(found, segments);
    this.#delivery = new Delivery({
      sink: deps.sink,
      logger: deps.logger,
      options: { ...defaultDelivery, ...deps.delivery },
      onHandedOver: (call, entries) => this.#onHandedOver(call, entries),
    });
    this.recovered = this.#takeUp(found);
  }

  append(call: CallHeader, event: JournalEvent): void {
    if (this.#closed) {
      this.#deps.logger.error(
        { callId: call.callId },
        'an event came after the journal was closed and is lost',
      );
      return;
    }
    this.#toWrite.push(this.#books.add(call, event));
    this.#scheduleCommit();
  }

  async flush(): Promise<boolean> {
    await this.#committing;
    await this.#commit();
    return !this.#degraded;
  }

  health(): JournalHealth {
    return {
      disk: this.#degraded ? 'degraded' : 'ok',
      pending: this.#books.pending,
      inMemory: this.#toWrite.length + this.#writing,
      failingCalls: this.#delivery.failingCalls,
    };
  }

  async close(deadlineMs = 5_000): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.flush();
    await this.#delivery.close(deadlineMs, (entry) => entry.segment !== null);
    await this.flush();
    clearTimeout(this.#commitTimer);
    await this.#log.abandon();
    if (this.#books.pending > 0)
      this.#deps.logger.warn(
        { events: this.#books.pending },
        'the journal closes with events still to deliver',
      );
    await this.#unlock();
  }

  /** Delivers what an earlier process could not, and records that its live calls have lost their line. */
  #takeUp({ calls, tornTails, damagedLines }: Recovered): OpenJournal['recovered'] {
    const { logger, epochMs } = this.#deps;
    const left = { calls: calls.length, events: this.#books.pending, tornTails, damagedLines };
    for (const call of calls) {
      this.#offer(call.header, call.pending);
      if (call.live) this.append(call.header, { kind: 'connection_lost', atMs: epochMs() });
    }
    if (damagedLines > 0) logger.error(left, 'lines of the call journal are damaged and were left out');
    else if (calls.length > 0 || tornTails > 0) logger.warn(left, 'the call journal takes up what was left');
    this.#scheduleCommit();
    return left;
  }

  #onHandedOver(call: CallHeader, entries: readonly Entry[]): void {
    this.#toNote.set(call.callId, this.#books.handedOver(call.callId, entries));
    this.#scheduleCommit();
  }

  #scheduleCommit(afterMs = this.#deps.commitEveryMs ?? COMMIT_EVERY_MS): void {
    if (this.#closed) return;
    this.#commitTimer ??= setTimeout(() => void this.#commit(), afterMs);
  }

  /** One at a time; whoever comes meanwhile gets a commit of their own afterwards. */
  async #commit(): Promise<void> {
    while (this.#committing) await this.#committing;
    clearTimeout(this.#commitTimer);
    this.#commitTimer = undefined;
    this.#committing = this.#writeGathered();
    await this.#committing;
    this.#committing = undefined;
  }

  /** Never rejects. */
  async #writeGathered(): Promise<void> {
    // What the sink already took while the disk was failing need not be written any more.
    const entries = this.#toWrite.filter((entry) => !entry.handedOver);
    const notes = this.#toNote;
    this.#toWrite = [];
    this.#toNote = new Map();
    this.#writing = entries.length;
    try {
      if (!this.#books.empty && entries.length + notes.size > 0) await this.#write(entries, notes);
      if (this.#degraded)
        this.#deps.logger.info({}, 'no event of the call journal is in memory only any more');
      this.#degraded = false;
      await this.#deleteNeedless();
    } catch (error) {
      this.#toWrite = [...entries, ...this.#toWrite];
      this.#degrade(error);
    } finally {
      this.#writing = 0;
    }
    for (const entry of entries) this.#offer(entry.call, [entry]);
  }

  async #write(entries: readonly Entry[], notes: ReadonlyMap<string, number>): Promise<void> {
    if (!this.#log.isOpen || this.#log.bytes >= (this.#deps.segmentBytes ?? SEGMENT_BYTES))
      await this.#rotate();
    const events = entries.map(asRecord);
    const handed = [...notes].map(([callId, upTo]): JournalRecord => ({ is: 'handed_over', callId, upTo }));
    // A note that is lost only means that the sink sees an event twice, so notes alone need no fsync.
    await this.#log.append(this.#lines([...events, ...handed]), events.length > 0);
    this.#books.written(entries, this.#log.current);
  }

  async #rotate(): Promise<void> {
    await this.#log.rotate();
    const { heads, carried } = this.#books.begin(this.#log.current);
    await this.#log.append(this.#lines([...heads, ...carried.map(asRecord)]), true);
    this.#books.written(carried, this.#log.current);
  }

  async #deleteNeedless(): Promise<void> {
    for (const number of this.#books.releaseSegments(this.#log.current)) {
      if (number === this.#log.current) await this.#log.abandon();
      await this.#log.delete(number).catch((error: unknown) => {
        this.#deps.logger.warn({ err: error }, 'a needless journal file could not be deleted');
      });
    }
  }

  #degrade(error: unknown): void {
    if (!this.#degraded)
      this.#deps.logger.warn({ err: error }, 'the disk refuses the call journal, calls go on in memory');
    this.#degraded = true;
    this.#scheduleCommit(DISK_RETRY_MS);
  }

  /** On a failing disk an entry is gathered more than once, but it is delivered once. */
  #offer(call: CallHeader, entries: readonly Entry[]): void {
    const fresh = entries.filter((entry) => !entry.offered);
    for (const entry of fresh) entry.offered = true;
    this.#delivery.offer(call, fresh);
  }

  #lines(records: readonly JournalRecord[]): string {
    return records.map((record) => encodeRecord(record, this.#deps)).join('');
  }
}

const asRecord = ({ at, call, event }: Entry): JournalRecord => ({ is: 'event', at, call, event });
