import { afterEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { appendFileSync, cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalDeps, OpenJournal } from '../../../src/voice/journal/contract.js';
import { openJournal } from '../../../src/voice/journal/journal.js';
import { JournalBusyError } from '../../../src/voice/journal/lock.js';
import { JournalKeyError } from '../../../src/voice/journal/recovery.js';
import { eventually } from '../../support/eventually.js';
import { capturingLogger } from '../../support/log.js';
import {
  call,
  ended,
  journalDeps,
  keepingSink,
  newDirectory,
  sealWith,
  turn,
} from './support/journal-kit.js';

const opened: OpenJournal[] = [];
const start = async (deps: JournalDeps): Promise<OpenJournal> => {
  const journal = await openJournal(deps);
  opened.push(journal);
  return journal;
};
afterEach(async () => {
  await Promise.all(opened.splice(0).map((journal) => journal.close(0)));
});
const segments = (directory: string) => readdirSync(directory).filter((name) => name.startsWith('segment'));
const numbers = (events: ReturnType<ReturnType<typeof keepingSink>['of']>) =>
  events.flatMap((e) => (e.kind === 'turn' ? [e.turn.number] : []));
const until = (what: string, probe: () => boolean) =>
  eventually(probe, { withinMs: 8_000, everyMs: 5, what });

describe('in quiet times', () => {
  test('events are delivered in order per call and nothing is left on the disk when every call has ended', async () => {
    const directory = newDirectory();
    const sink = keepingSink();
    const journal = await start(journalDeps(directory, sink));
    for (let number = 1; number <= 200; number++)
      for (let n = 0; n < 5; n++) journal.append(call(n), turn(number));
    for (let n = 0; n < 5; n++) journal.append(call(n), ended(200));
    await until('all handed over', () => journal.health().pending === 0);
    for (let n = 0; n < 5; n++) {
      expect(numbers(sink.of(call(n)))).toEqual(Array.from({ length: 200 }, (_, k) => k + 1));
      expect(sink.of(call(n)).at(-1)).toEqual(ended(200));
    }
    await until('files gone', () => segments(directory).length === 0);
  });

  test('nothing is delivered before it is on the disk', async () => {
    const sink = keepingSink();
    let synced = 0;
    const deps = journalDeps(newDirectory(), sink);
    const journal = await start({
      ...deps,
      openSegment: async (path) => {
        const file = await open(path, 'wx');
        return {
          write: file.write.bind(file),
          close: () => file.close(),
          datasync: async () => {
            await file.datasync();
            synced += 1;
          },
        };
      },
    });
    const syncsAtDelivery: number[] = [];
    const deliver = sink.deliver.bind(sink);
    sink.deliver = (header, events) => (syncsAtDelivery.push(synced), deliver(header, events));
    for (let number = 1; number <= 3; number++) {
      journal.append(call(1), turn(number));
      await until('delivered', () => sink.of(call(1)).length === number);
    }
    // One for the segment's head, then one for each turn.
    expect(syncsAtDelivery).toEqual([2, 3, 4]);
  });

  test('health tells how many events a crash would lose: those not on the disk yet', async () => {
    const journal = await start(journalDeps(newDirectory(), keepingSink()));
    for (let number = 1; number <= 3; number++) journal.append(call(1), turn(number));
    expect(journal.health().inMemory).toBe(3);
    const flushed = journal.flush();
    expect(journal.health().inMemory).toBe(3);
    await flushed;
    expect(journal.health().inMemory).toBe(0);
  });

  test('many calls share an fsync', async () => {
    let syncs = 0;
    const deps = { ...journalDeps(newDirectory(), keepingSink()), commitEveryMs: 15 };
    const journal = await start({
      ...deps,
      openSegment: async (path) => {
        const file = await open(path, 'wx');
        const datasync = () => (syncs++, file.datasync());
        return { write: file.write.bind(file), close: () => file.close(), datasync };
      },
    });
    for (let n = 0; n < 100; n++) journal.append(call(n), turn(1));
    await until('all handed over', () => journal.health().pending === 0);
    expect(syncs).toBeLessThanOrEqual(3);
  });

  test('what callers said cannot be read in the files, and only their owner may open them', async () => {
    const directory = newDirectory();
    const journal = await start(journalDeps(directory, keepingSink()));
    journal.append(call(1), turn(1, 'my secret name'));
    await journal.flush();
    const [name] = segments(directory);
    const path = join(directory, name!);
    expect(readFileSync(path, 'latin1')).not.toMatch(/secret|acme/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  test('files do not grow with a call that never ends', async () => {
    const directory = newDirectory();
    const journal = await start({ ...journalDeps(directory, keepingSink()), segmentBytes: 4_000 });
    for (let number = 1; number <= 400; number++) {
      journal.append(call(1), turn(number));
      if (number % 20 === 0) await journal.flush();
    }
    await until('few files', () => journal.health().pending === 0 && segments(directory).length <= 2);
  });

  test('a second process is turned away with the reason, a dead one’s lock is taken over', async () => {
    const directory = newDirectory();
    const journal = await start(journalDeps(directory, keepingSink()));
    await expect(openJournal(journalDeps(directory, keepingSink()))).rejects.toThrow(JournalBusyError);
    await expect(openJournal(journalDeps(directory, keepingSink()))).rejects.toThrow(
      `Process ${process.pid} already`,
    );
    await journal.close();
    writeFileSync(join(directory, 'lock'), '999999 1');
    await start(journalDeps(directory, keepingSink()));
  });
});

describe('when the intake is down', () => {
  test('delivery goes on after five failures, in order, each event once', async () => {
    const sink = keepingSink();
    sink.refuses = () => sink.attempts <= 5;
    const journal = await start(journalDeps(newDirectory(), sink));
    for (let number = 1; number <= 3; number++) journal.append(call(1), turn(number));
    await until('handed over', () => journal.health().pending === 0);
    expect(numbers(sink.of(call(1)))).toEqual([1, 2, 3]);
    expect(sink.attempts).toBe(6);
  });

  test('a call the intake refuses does not hold up the others, nor keep their files', async () => {
    const directory = newDirectory();
    const sink = keepingSink();
    sink.refuses = ({ callId }) => callId === call(0).callId;
    const journal = await start({ ...journalDeps(directory, sink), segmentBytes: 4_000 });
    journal.append(call(0), turn(1));
    journal.append(call(0), ended(1));
    for (let n = 1; n <= 60; n++) {
      journal.append(call(n), turn(1));
      journal.append(call(n), ended(1));
      await journal.flush();
    }
    await until('the others', () => journal.health().pending === 2);
    expect(segments(directory).length).toBeLessThanOrEqual(4);
    expect(journal.health().failingCalls).toBe(1);
    sink.refuses = () => false;
    await until('all', () => journal.health().pending === 0);
    expect(sink.of(call(0))).toEqual([turn(1), ended(1)]);
  });

  test('a delivery that never answers is made again', async () => {
    const sink = keepingSink();
    let first = true;
    const deliver = sink.deliver.bind(sink);
    sink.deliver = (header, events) => {
      if (!first) return deliver(header, events);
      first = false;
      return new Promise(() => undefined);
    };
    const deps = journalDeps(newDirectory(), sink);
    const journal = await start({ ...deps, delivery: { ...deps.delivery, deliverTimeoutMs: 30 } });
    journal.append(call(1), turn(1));
    await until('handed over', () => journal.health().pending === 0);
  });

  test('what a closed journal could not deliver is delivered by the next one', async () => {
    const directory = newDirectory();
    const down = keepingSink();
    down.refuses = () => true;
    const first = await start(journalDeps(directory, down));
    first.append(call(1), turn(1));
    first.append(call(1), { kind: 'connection_lost', atMs: 5 });
    await first.close(2_000);
    const sink = keepingSink();
    const second = await start(journalDeps(directory, sink));
    await until('handed over', () => second.health().pending === 0);
    expect(sink.of(call(1))).toEqual([turn(1), { kind: 'connection_lost', atMs: 5 }]);
  });
});

describe('after a crash', () => {
  /** Lets a real process journal for a while and kills it with -9. @returns call → last turn reported as safe. */
  async function crash(directory: string): Promise<Map<number, number>> {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', join(__dirname, 'support/crashing-edge.ts'), directory],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const exited = new Promise((resolve) => child.once('exit', resolve));
    await eventually(() => printed.split('\n').length > 400, {
      withinMs: 15_000,
      what: 'the child has journalled',
    });
    child.kill('SIGKILL');
    await exited;
    const safe = new Map<number, number>();
    for (const line of printed.split('\n').slice(1, -1)) {
      const [n, number] = line.split(' ').map(Number);
      safe.set(n!, number!);
    }
    return safe;
  }

  test('every turn that was reported safe before kill -9 arrives, once, in order, and the call is marked as lost', async () => {
    const directory = newDirectory();
    const safe = await crash(directory);
    expect(safe.size).toBe(10);
    const sink = keepingSink();
    const journal = await start(journalDeps(directory, sink));
    expect(journal.recovered.calls).toBe(10);
    expect(journal.recovered.damagedLines).toBe(0);
    await until('handed over', () => journal.health().pending === 0);
    for (const [n, lastSafe] of safe) {
      const got = numbers(sink.of(call(n)));
      expect(got.length).toBeGreaterThanOrEqual(lastSafe);
      expect(got).toEqual(got.map((_, k) => k + 1));
      expect(sink.of(call(n)).at(-1)).toEqual({ kind: 'connection_lost', atMs: 1_700_000_200_000 });
    }
    await until('files gone', () => segments(directory).length === 0);
  });

  /** A journal whose process "died": its files are copied away while it is open. */
  async function leftBehind(fill: (journal: OpenJournal) => void | Promise<void>, sink = keepingSink()) {
    const directory = newDirectory();
    const journal = await start({ ...journalDeps(directory, sink), segmentBytes: 2_000 });
    await fill(journal);
    await journal.flush();
    const copy = newDirectory();
    cpSync(directory, copy, { recursive: true });
    rmSync(join(copy, 'lock'));
    return copy;
  }

  test('a torn last line costs nothing but itself and is reported', async () => {
    const down = keepingSink();
    down.refuses = () => true;
    const directory = await leftBehind((journal) => journal.append(call(1), turn(1)), down);
    appendFileSync(join(directory, segments(directory).at(-1)!), 'dG9ybg');
    const sink = keepingSink();
    const { logger, lines } = capturingLogger();
    const journal = await start({ ...journalDeps(directory, sink), logger });
    expect(journal.recovered).toEqual({ calls: 1, events: 1, tornTails: 1, damagedLines: 0 });
    await until('handed over', () => journal.health().pending === 0);
    expect(sink.of(call(1)).map((e) => e.kind)).toEqual(['turn', 'connection_lost']);
    expect(lines.some((line) => line.tornTails === 1)).toBe(true);
  });

  test('a damaged line in the middle is counted and the rest is used', async () => {
    const down = keepingSink();
    down.refuses = () => true;
    const directory = await leftBehind(async (journal) => {
      for (let number = 1; number <= 3; number++) {
        journal.append(call(1), turn(number));
        await journal.flush();
      }
    }, down);
    const path = join(directory, segments(directory)[0]!);
    const lines = readFileSync(path, 'latin1').split('\n');
    // Line 0 is the segment's head.
    lines[2] = `AAAA${lines[2]!.slice(4)}`;
    writeFileSync(path, lines.join('\n'));
    const sink = keepingSink();
    const journal = await start(journalDeps(directory, sink));
    expect(journal.recovered.damagedLines).toBe(1);
    await until('handed over', () => journal.health().pending === 0);
    expect(numbers(sink.of(call(1)))).toEqual([1, 3]);
  });

  test('what was handed over before the crash is not delivered again', async () => {
    const sink = keepingSink();
    const directory = await leftBehind(async (journal) => {
      journal.append(call(1), turn(1));
      await until('handed over', () => journal.health().pending === 0);
      sink.refuses = () => true;
      journal.append(call(1), turn(2));
    }, sink);
    const next = keepingSink();
    const journal = await start(journalDeps(directory, next));
    await until('handed over', () => journal.health().pending === 0);
    expect(numbers(next.of(call(1)))).toEqual([2]);
  });

  test('a quiet live call whose turns were all delivered long ago is still known to have lost its line', async () => {
    const directory = await leftBehind(async (journal) => {
      journal.append(call(1), turn(1));
      await until('handed over', () => journal.health().pending === 0);
      for (let n = 2; n < 40; n++) {
        journal.append(call(n), turn(1));
        journal.append(call(n), ended(1));
        await journal.flush();
        await until('handed over', () => journal.health().pending === 0);
      }
    });
    expect(segments(directory)).not.toContain('segment-0000000001.log');
    const sink = keepingSink();
    const journal = await start(journalDeps(directory, sink));
    await until('handed over', () => journal.health().pending === 0);
    expect([...sink.got.keys()]).toEqual([call(1).callId]);
    expect(sink.of(call(1)).map((e) => e.kind)).toEqual(['connection_lost']);
  });

  test('a journal sealed with another key is refused instead of being thrown away', async () => {
    const down = keepingSink();
    down.refuses = () => true;
    const directory = await leftBehind((journal) => journal.append(call(1), turn(1)), down);
    const deps = { ...journalDeps(directory, keepingSink()), ...sealWith(Buffer.alloc(32, 8)) };
    await expect(openJournal(deps)).rejects.toThrow(JournalKeyError);
    await start(journalDeps(directory, keepingSink()));
  });
});

describe('on a full disk', () => {
  test('calls go on: events are delivered from memory, health says so, and the journal recovers with the disk', async () => {
    const directory = newDirectory();
    const sink = keepingSink();
    const { logger, lines } = capturingLogger();
    let full = true;
    const journal = await start({
      ...journalDeps(directory, sink),
      logger,
      // The kernel's own ENOSPC: /dev/full accepts nothing.
      openSegment: (path) => open(full ? '/dev/full' : path, full ? 'w' : 'wx', 0o600),
    });
    let answer: () => void = () => undefined;
    const deliver = sink.deliver.bind(sink);
    sink.deliver = async (header, events) => {
      await new Promise<void>((resolve) => (answer = resolve));
      await deliver(header, events);
    };
    journal.append(call(1), turn(1));
    expect(await journal.flush()).toBe(false);
    expect(await journal.flush()).toBe(false);
    sink.deliver = deliver;
    answer();
    await until('delivered from memory', () => sink.of(call(1)).length === 1);
    expect(journal.health().disk).toBe('degraded');
    expect(lines.filter((line) => line.level === 'warn')).toHaveLength(1);

    await until('nothing waits', () => journal.health().pending === 0);
    expect(sink.attempts).toBe(1);
    sink.refuses = () => true;
    journal.append(call(1), turn(2));
    expect(await journal.flush()).toBe(false);
    full = false;
    expect(await journal.flush()).toBe(true);
    expect(journal.health().disk).toBe('ok');
    await journal.close(0);

    const later = keepingSink();
    const next = await start(journalDeps(directory, later));
    await until('handed over', () => next.health().pending === 0);
    expect(later.of(call(1))).toEqual([turn(2), { kind: 'connection_lost', atMs: 1_700_000_200_000 }]);
  });
});
