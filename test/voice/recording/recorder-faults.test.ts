import { afterEach, describe, expect, test } from '@jest/globals';
import { open, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import type { RecordingFile } from '../../../src/voice/recording/sealed-file.js';
import { eventually } from '../../support/eventually.js';
import { begin, call, cleanUp, consent, recordingKit, settled, spoolSize, talk } from './support/kit.js';

afterEach(cleanUp);

describe('a process that dies in mid-call', () => {
  test('leaves a recording that is whole up to the last chunk, and the next process stores it as incomplete', async () => {
    const kit = await recordingKit();
    const died = await kit.open();
    const recording = begin(died);
    talk(kit, recording, 8, [77, 88]);
    await eventually(async () => (await spoolSize(kit)) > 4 * 64_033, {
      withinMs: 5_000,
      what: 'seconds on the disk',
    });
    const file = await readFile(kit.spooled());
    recording.erase();
    await settled(died);
    await writeFile(kit.spooled(), file);
    await truncate(kit.spooled(), file.length - 1_000); // killed in the middle of a write
    const next = await kit.open();
    const { left, right } = await kit.sound(next);
    expect(kit.finished).toMatchObject([{ state: 'incomplete', consent }]);
    expect(left.length % 16_000).toBe(0);
    expect(left.length).toBeGreaterThanOrEqual(3 * 16_000);
    expect(new Set(left)).toEqual(new Set([77]));
    expect(new Set(right.subarray(320))).toEqual(new Set([88]));
  });

  test('before the first sound leaves nothing behind', async () => {
    const kit = await recordingKit();
    await (await kit.open()).close(0);
    await writeFile(kit.spooled(), 'HREC');
    const next = await kit.open();
    await settled(next);
    expect(kit.finished).toEqual([]);
    expect(await readdir(`${kit.directory}/spool`)).toEqual([]);
  });

  test('which is told to stop finishes what it was recording', async () => {
    const kit = await recordingKit();
    const recorder = await kit.open();
    talk(kit, begin(recorder), 2);
    await recorder.close(5_000);
    const next = await kit.open();
    await settled(next);
    expect(kit.finished).toMatchObject([{ state: 'stored', durationMs: 2_020 }]);
  });
});

describe('a spool that is full', () => {
  const second = 64_033;
  const store = (): { put: () => Promise<void>; open: () => void } => {
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    return { put: () => opened, open };
  };

  test('takes no recording more, ends the one under way where it stands, and has room when the store is back', async () => {
    const kit = await recordingKit();
    const { put, open: letIn } = store();
    const recorder = await kit.open({
      mostSpoolBytes: 6 * second,
      store: {
        ...kit.deps.store,
        put: (key, path, signal) => put().then(() => kit.deps.store.put(key, path, signal)),
      },
    });
    const first = begin(recorder);
    talk(kit, first, 12);
    await eventually(() => kit.lines.some(({ why }) => why === 'no_room'), {
      withinMs: 10_000,
      what: 'the end of the recording under way',
    });
    const size = await spoolSize(kit);
    talk(kit, first, 5);
    const other = { ...call, callId: 'call_zzzzzzzzzzzzzzzzzzzz' };
    expect(recorder.begin(other, consent)).toBeNull();
    first.close();
    await eventually(() => recorder.live === 0, { withinMs: 5_000, what: 'the end of the call' });
    expect(recorder.begin(other, consent)).toBeNull();
    expect(await spoolSize(kit)).toBe(size);
    letIn();
    await settled(recorder);
    expect(kit.finished).toMatchObject([{ state: 'incomplete' }]);
    expect(kit.finished[0]!.durationMs).toBeGreaterThanOrEqual(5_000);
    begin(recorder).close();
    await settled(recorder);
  });

  test('is known to the next process, too', async () => {
    const kit = await recordingKit();
    const { put, open: letIn } = store();
    const stuck = { ...kit.deps.store, put };
    const first = await kit.open({ store: stuck });
    const recording = begin(first);
    talk(kit, recording, 8);
    recording.close();
    await eventually(() => first.live === 0, { withinMs: 5_000, what: 'the end of the call' });
    const next = await kit.open({ store: stuck, mostSpoolBytes: 6 * second });
    expect(next.begin(call, consent)).toBeNull();
    letIn();
  });
});

describe('a disk that does not answer', () => {
  /** A file whose writes beyond its first `whole` wait until they are let go. */
  const stuckAfter = (
    whole: number,
  ): { openFile: (path: string) => Promise<RecordingFile>; letGo: () => void } => {
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const openFile = async (path: string): Promise<RecordingFile> => {
      const file = await open(path, 'wx+', 0o600);
      let writes = 0;
      const write = async (...args: Parameters<RecordingFile['write']>) => {
        if (++writes > whole) await gate;
        return file.write(...args);
      };
      return {
        write: write as never,
        read: file.read.bind(file),
        datasync: () => file.datasync(),
        close: () => file.close(),
      };
    };
    return { openFile, letGo: () => letGo() };
  };

  test('delays no frame: what waits is bounded, then the recording is given up and what was written stays', async () => {
    const kit = await recordingKit();
    const { openFile, letGo } = stuckAfter(3); // head, facts, one second
    const recorder = await kit.open({ openFile });
    const recording = begin(recorder);
    talk(kit, recording, 5);
    await eventually(async () => (await spoolSize(kit)) > 64_000, {
      withinMs: 5_000,
      what: 'a second on the disk',
    });
    const began = performance.now();
    talk(kit, recording, 60);
    expect(performance.now() - began).toBeLessThan(1_000); // 6,000 frames; a blocked one would never come back
    expect(kit.lines.filter((line) => line.msg?.includes('given up'))).toMatchObject([
      { level: 'error', why: 'too_slow' },
    ]);
    recording.close();
    letGo();
    await settled(recorder);
    expect(kit.finished).toMatchObject([{ state: 'incomplete' }]);
    expect(kit.finished[0]!.durationMs).toBeLessThanOrEqual(2_000);
  });

  test('that refuses the file costs the recording and nothing else', async () => {
    const kit = await recordingKit();
    const recorder = await kit.open({ openFile: () => Promise.reject(new Error('disk full')) });
    const recording = begin(recorder);
    talk(kit, recording, 2);
    recording.close();
    await settled(recorder);
    expect(kit.lines.filter((line) => line.msg?.includes('given up'))).toMatchObject([{ why: 'failed' }]);
    expect(kit.finished).toEqual([]);
  });
});
