import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { frameSplitter } from '../../../../src/voice/audio/pcm.js';
import type { SpeechToText } from '../../../../src/voice/ports.js';
import {
  cleanWords,
  createLocalSpeechToText,
  type LocalSpeechToTextOptions,
} from '../../../../src/voice/providers/local/speech-to-text.js';
import { eventually } from '../../../support/eventually.js';
import { capturingLogger, silentLogger } from '../../../support/log.js';
import { heard, pocketsphinx, speech } from './support.js';

/** Recordings are pushed faster than they were spoken, on machines that are busy with other tests. */
const PATIENCE_MS = 25_000;
const dead = { name: 'ProviderError', stage: 'stt', kind: 'unavailable' };
let home: { python: string; sitePackages: string };
let accident: Int16Array;
let maria: Int16Array;
let yes: Int16Array;
let shared: SpeechToText;
const open: SpeechToText[] = [];

beforeAll(async () => {
  home = await pocketsphinx();
  accident = await speech('my name is maria lopez and i was injured in a car accident', 'slt');
  maria = await speech('my name is maria lopez', 'slt');
  yes = await speech('yes', 'rms');
  shared = createLocalSpeechToText({ ...home, finishTimeoutMs: PATIENCE_MS, logger: silentLogger });
}, 150_000);
afterEach(async () => {
  await Promise.all(open.splice(0).map((stt) => stt.close()));
});
afterAll(() => shared.close());

/** A recogniser of one's own, and the ids of its processes, oldest first. */
function recogniser(options: Partial<LocalSpeechToTextOptions> = {}) {
  const { logger, lines } = capturingLogger();
  const stt = createLocalSpeechToText({ ...home, finishTimeoutMs: PATIENCE_MS, logger, ...options });
  open.push(stt);
  const pids = () =>
    lines.filter((line) => line.msg?.endsWith('was started.')).map((line) => Number(line['pid']));
  return { stt, pids };
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('local recognition', () => {
  test('a name and what happened are heard in machine speech', async () => {
    const text = await heard(shared, accident);
    expect(text).toContain('maria lopez');
    expect(text).toContain('car accident');
    expect(text).toMatch(/^[a-z' ]+$/);
  });

  test('thirty utterances in a row are heard alike', async () => {
    const first = await heard(shared, yes);
    expect(first).toContain('yes');
    for (let i = 0; i < 29; i++) expect(await heard(shared, yes)).toBe(first);
    // Pure computing: 6 s on a free machine, 105 s measured with eight copies at once on two cores.
  });

  test('the words so far grow while the caller speaks, and belong to this utterance only', async () => {
    const splitter = frameSplitter();
    const recognition = shared.start();
    expect(recognition.partial?.()).toBe('');
    for (const frame of splitter.push(accident)) recognition.push(frame);
    const words = await eventually(() => /my name is .+/.exec(recognition.partial?.() ?? '')?.[0], {
      withinMs: 15_000,
      what: 'words before the end',
    });
    expect(words).toMatch(/^[a-z' ]+$/);
    recognition.cancel();
    const next = shared.start();
    next.push(new Int16Array(320));
    expect(await next.finish(AbortSignal.timeout(15_000))).toBe('');
    expect(next.partial?.()).toBe('');
  });

  test('an utterance that has no sound, or only silence, has no words', async () => {
    expect(await heard(shared, new Int16Array(0))).toBe('');
    expect(await heard(shared, new Int16Array(8000))).toBe('');
  });

  test('a frame may be overwritten by its owner as soon as it was pushed', async () => {
    const recognition = shared.start();
    const frame = new Int16Array(320);
    for (const next of frameSplitter().push(maria)) {
      frame.set(next);
      recognition.push(frame);
    }
    frame.fill(0);
    expect(await recognition.finish(AbortSignal.timeout(PATIENCE_MS))).toContain('maria lopez');
  });

  test('more utterances at once than processes are all heard, each with its own words', async () => {
    const { stt, pids } = recogniser({ processes: 2 });
    const texts = await Promise.all([maria, yes, maria, yes].map((samples) => heard(stt, samples)));
    expect(texts.map((text) => text.includes('maria'))).toEqual([true, false, true, false]);
    expect(pids().length).toBe(2);
  });

  test('an utterance that is cancelled leaves nothing behind in the next one', async () => {
    const { stt, pids } = recogniser({ processes: 1 });
    const recognition = stt.start();
    for (const frame of frameSplitter().push(maria)) recognition.push(frame);
    recognition.cancel();
    recognition.cancel();
    expect(await heard(stt, new Int16Array(0))).toBe('');
    expect(await heard(stt, yes)).toBe(await heard(shared, yes));
    await expect(recognition.finish(AbortSignal.timeout(1000))).rejects.toMatchObject({ kind: 'refused' });
    expect(pids().length).toBe(1);
  });

  test('an abort while the words are awaited ends the wait with its reason, and the next utterance is heard', async () => {
    const { stt } = recogniser({ processes: 1 });
    const controller = new AbortController();
    const recognition = stt.start();
    for (const frame of frameSplitter().push(maria)) recognition.push(frame);
    const words = recognition.finish(controller.signal);
    controller.abort(new Error('the call ended'));
    await expect(words).rejects.toThrow('the call ended');
    expect(await heard(stt, maria)).toContain('maria lopez');
  });

  test('when the process is killed, its utterance fails as unavailable and the next one is heard by a fresh process', async () => {
    const { stt, pids } = recogniser({ processes: 1 });
    await heard(stt, maria);
    const recognition = stt.start();
    for (const frame of frameSplitter().push(maria)) recognition.push(frame);
    const words = recognition.finish(AbortSignal.timeout(PATIENCE_MS));
    process.kill(pids()[0]!, 'SIGKILL');
    await expect(words).rejects.toMatchObject(dead);
    expect(await heard(stt, maria)).toContain('maria lopez');
    expect(pids().length).toBe(2);
  });

  test('a process killed between utterances is replaced before anybody notices', async () => {
    const { stt, pids } = recogniser({ processes: 1 });
    await heard(stt, maria);
    process.kill(pids()[0]!, 'SIGKILL');
    await eventually(() => pids().length === 2, { withinMs: 5000, what: 'a fresh process' });
    expect(await heard(stt, maria)).toContain('maria lopez');
  });

  test('a process that hangs fails its utterance as timeout and is replaced', async () => {
    const { stt, pids } = recogniser({ processes: 1, finishTimeoutMs: 6000 });
    await heard(stt, yes);
    process.kill(pids()[0]!, 'SIGSTOP');
    await expect(heard(stt, yes)).rejects.toMatchObject({ name: 'ProviderError', kind: 'timeout' });
    expect(await heard(stt, yes)).toContain('yes');
    expect(runs(pids()[0]!)).toBe(false);
  });

  test('a recogniser that cannot even start fails each utterance as unavailable, without a loop of starts', async () => {
    const { stt, pids } = recogniser({ sitePackages: '/nowhere', processes: 1 });
    await expect(heard(stt, maria)).rejects.toMatchObject(dead);
    await expect(heard(stt, maria)).rejects.toMatchObject(dead);
    expect(pids().length).toBeLessThanOrEqual(3);
    const missing = recogniser({ python: '/nowhere/python3' });
    await expect(heard(missing.stt, maria)).rejects.toMatchObject(dead);
  });

  test('closing fails the utterances under way and leaves no process', async () => {
    const { stt, pids } = recogniser({ processes: 1 });
    const running = heard(stt, maria);
    const waiting = heard(stt, maria);
    const expectations = [running, waiting].map((words) => expect(words).rejects.toMatchObject(dead));
    await stt.close();
    await Promise.all(expectations);
    expect(pids().filter(runs)).toEqual([]);
    await expect(heard(stt, maria)).rejects.toMatchObject(dead);
  });

  test('kill -9 of the process that uses it leaves no recogniser behind', async () => {
    const main = fileURLToPath(new URL('./parent.main.ts', import.meta.url));
    const parent = spawn(process.execPath, ['--import', 'tsx', main], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
    const { text, pid } = JSON.parse(line) as { text: string; pid: number };
    expect(text).toBe('hello');
    expect(runs(pid)).toBe(true);
    parent.kill('SIGKILL');
    await eventually(() => !runs(pid), { withinMs: 5000, what: 'the recogniser to end' });
  });
});

test('marks for silence, noise and alternative pronunciations are no words', () => {
  expect(cleanWords('<s> Hello <sil> [NOISE] a(2) ++breath++  ROAD </s>')).toBe('hello a road');
  expect(cleanWords('<sil>')).toBe('');
});
