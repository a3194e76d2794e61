import { afterEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { planOf } from '../../../src/voice/recording/plan.js';
import { eventually } from '../../support/eventually.js';
import {
  begin,
  bytesOf,
  call,
  cleanUp,
  consent,
  keyWrap,
  type Kit,
  level,
  recordingKit,
  settled,
  spoolSize,
  talk,
} from './support/kit.js';
import { levels } from './support/stereo.js';

afterEach(cleanUp);

describe('a recording', () => {
  test('holds both sides from the first frame to the last, and is listed with the consent it stands on', async () => {
    const kit = await recordingKit();
    const recorder = await kit.open();
    const recording = begin(recorder);
    for (let n = 0; n < 260; n++) {
      kit.nowMs += 20;
      recording.caller(level(n + 1));
      if (n >= 100 && n < 150) recording.agent(level(-n));
    }
    recording.close();
    const { rateHz, left, right } = await kit.sound(recorder);
    expect(rateHz).toBe(16_000);
    expect(levels(left)).toEqual(Array.from({ length: 260 }, (_, n) => n + 1));
    // Each was sent when the caller's frame of its number had come: it stands in the slot after.
    const heard = Array.from({ length: 260 }, (_, slot) => (slot > 100 && slot <= 150 ? 1 - slot : 0));
    expect(levels(right)).toEqual(heard);
    const facts = { tenantId: call.tenantId, callId: call.callId, startedAtMs: consent.atMs + 500, consent };
    expect(kit.began).toEqual([facts]);
    expect(kit.finished).toMatchObject([
      { ...facts, state: 'stored', durationMs: 5_200, store: 'directory' },
    ]);
    expect(await readdir(`${kit.directory}/spool`)).toEqual([]);
    expect((await stat(kit.stored())).mode & 0o777).toBe(0o600);
  });

  test('goes to the disk while the call goes on, a second at a time', async () => {
    const kit = await recordingKit();
    const recorder = await kit.open();
    const recording = begin(recorder);
    talk(kit, recording, 6);
    await eventually(async () => (await spoolSize(kit)) > 3 * 64_000, {
      withinMs: 5_000,
      what: 'three seconds on the disk',
    });
    recording.close();
    await settled(recorder);
    expect(kit.finished[0]?.durationMs).toBe(6_020); // the agent's last frame stands in the slot after
  });

  test('shows nothing of what was said to who has the file but not the key', async () => {
    const kit = await recordingKit();
    const recorder = await kit.open();
    const recording = begin(recorder);
    const canary = Buffer.from('CANARY-the-caller-said-this-CANARY'.repeat(19)).subarray(0, 640);
    const words = new Int16Array(Uint8Array.from(canary).buffer);
    for (let n = 0; n < 100; n++) recording.caller(words);
    for (let n = 0; n < 100; n++) recording.agent(words);
    recording.close();
    const { left } = await kit.sound(recorder);
    expect(Buffer.from(left.buffer, 0, 640).toString('latin1')).toContain('CANARY');
    const file = await readFile(kit.stored());
    expect(file.includes('CANARY')).toBe(false);
    expect(file.includes(call.callId)).toBe(false);
    expect(file.includes('CACANANARYRY')).toBe(false); // as the two sides stand interleaved
  });

  test('loses what the caller said with a card number, also what had been written, and nothing else', async () => {
    const kit = await recordingKit();
    const recorder = await kit.open();
    const recording = begin(recorder);
    talk(kit, recording, 1, [111, 2_000]);
    recording.callerTurn(false);
    talk(kit, recording, 6, [4_111, 2_000]);
    await eventually(async () => (await spoolSize(kit)) > 3 * 64_000, {
      withinMs: 5_000,
      what: 'the card on the disk',
    });
    recording.callerTurn(true);
    talk(kit, recording, 1, [222, 2_000]);
    recording.close();
    const { left, right } = await kit.sound(recorder);
    const seconds = (from: number, to: number): number[] => [
      ...new Set(levels(left).slice(from * 50, to * 50)),
    ];
    expect([seconds(0, 1), seconds(1, 7), seconds(7, 8)]).toEqual([[111], [0], [222]]);
    expect(new Set(right.subarray(320))).toEqual(new Set([2_000]));
  });

  test('that is erased leaves no file, before and after it was finished', async () => {
    const kit = await recordingKit();
    const recorder = await kit.open();
    const live = begin(recorder);
    talk(kit, live, 5);
    live.erase();
    await eventually(() => kit.erased.length > 0, { withinMs: 5_000, what: 'erased' });
    await settled(recorder);
    const finished = begin(recorder);
    talk(kit, finished, 1);
    finished.close();
    await kit.sound(recorder);
    finished.erase();
    await eventually(() => kit.erased.length > 1, { withinMs: 5_000, what: 'erased again' });
    expect(await recorder.read(call, AbortSignal.timeout(1_000))).toBeNull();
    expect(await readdir(`${kit.directory}/spool`)).toEqual([]);
  });
});

describe('a file that is not as it was written', () => {
  const made = async (): Promise<{ kit: Kit; file: Buffer }> => {
    const kit = await recordingKit();
    const recorder = await kit.open();
    const recording = begin(recorder);
    talk(kit, recording, 4);
    recording.close();
    await settled(recorder);
    return { kit, file: await readFile(kit.stored()) };
  };
  const reading = async (kit: Kit, bytes?: number, keys = kit.deps.keys): Promise<Buffer> => {
    const recorder = await kit.open({ keys });
    return bytesOf((await recorder.read(call, AbortSignal.timeout(5_000), bytes))!);
  };

  test('does not open under another key, nor as the recording of another call', async () => {
    const { kit, file } = await made();
    await expect(reading(kit, undefined, keyWrap(randomBytes(32)))).rejects.toMatchObject({
      kind: 'wrong_key',
    });
    const other = { ...call, callId: 'call_zzzzzzzzzzzzzzzzzzzz' };
    await writeFile(kit.stored(other.callId), file);
    const recorder = await kit.open();
    const copied = await recorder.read(other, AbortSignal.timeout(5_000));
    await expect(bytesOf(copied!)).rejects.toMatchObject({ kind: 'wrong_key' });
  });

  test('is refused for one flipped bit, wherever it is', async () => {
    const { kit, file } = await made();
    for (const at of [0, 5, 20, 120, 300, 64_000, 130_000, file.length - 1]) {
      const flipped = Buffer.from(file);
      flipped[at]! ^= 1;
      await writeFile(kit.stored(), flipped);
      await expect(reading(kit, 201 * 1_280)).rejects.toMatchObject({ name: 'RecordingError' });
    }
  });

  test('is refused when chunks have changed places, and when its end is missing', async () => {
    const { kit, file } = await made();
    const chunk = 64_000 + 33;
    const { wholeBytes } = await planOf(kit.stored(), { ...call, keys: kit.deps.keys });
    const sound = wholeBytes - 33 - (1_280 + 33) - 4 * chunk;
    const [first, second] = [
      file.subarray(sound, sound + chunk),
      file.subarray(sound + chunk, sound + 2 * chunk),
    ];
    const swapped = Buffer.concat([file.subarray(0, sound), second, first, file.subarray(sound + 2 * chunk)]);
    await writeFile(kit.stored(), swapped);
    await expect(reading(kit)).rejects.toMatchObject({ kind: 'damaged' });
    await writeFile(kit.stored(), file.subarray(0, sound + 2 * chunk));
    await expect(reading(kit, 201 * 1_280)).rejects.toMatchObject({ kind: 'damaged' });
  });
});
