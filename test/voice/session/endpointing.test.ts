/** The silence rule on machine speech and the real detector: no utterance of the demo is cut, and none is waited for idly. */
import { beforeAll, expect, test } from '@jest/globals';
import { accidentCaller, divorceCaller } from '../../../src/cli/demo/stories.js';
import type { Expectation } from '../../../src/domain/turntaking/expectation.js';
import { createVad, loadVad } from '../../../src/voice/audio/vad.js';
import { concatSamples, frameSplitter } from '../../../src/voice/audio/pcm.js';
import type { Recognition } from '../../../src/voice/ports.js';
import { Ear } from '../../../src/voice/session/ear.js';
import { defaultSessionOptions } from '../../../src/voice/session/options.js';
import { speech } from '../providers/local/support.js';

beforeAll(loadVad);

/** Silences after which the turns of this sound ended, in audio time: one when it was taken as one utterance. */
function endsOf(samples: Int16Array, expects: Expectation, partial?: () => string): number[] {
  let audioMs = 0;
  const ends: number[] = [];
  const recognition: Recognition = {
    push: () => undefined,
    finish: () => Promise.resolve(''),
    cancel: () => undefined,
    ...(partial && { partial }),
  };
  const ear = new Ear({
    stt: { name: 'none', start: () => recognition, close: () => Promise.resolve() },
    vad: createVad({ mode: 2 }),
    nowMs: () => audioMs,
    options: defaultSessionOptions,
    onSpeech: () => undefined,
    onDismissed: () => ends.push(0),
    mayPrepareEarly: () => true,
    onLikelyEnd: () => undefined,
    onWentOn: () => undefined,
    onUtterance: ({ lastVoicedAtMs }) => ends.push(audioMs - lastVoicedAtMs),
    onBargeIn: () => undefined,
  });
  ear.agentStarted(expects);
  ear.note('agent_stopped');
  const room = new Int16Array(16_000);
  const splitter = frameSplitter();
  for (const frame of splitter.push(concatSamples([room, samples, room, room]))) {
    audioMs += 20;
    ear.hear(frame);
  }
  ear.close();
  return ends;
}

test.each([divorceCaller, accidentCaller])('$title: each answer is one turn', async ({ voice, turns }) => {
  if (voice !== 'slt' && voice !== 'rms') throw new Error('no such voice');
  const waits: [string, number[]][] = [];
  for (const { caller, hears } of turns)
    waits.push([caller, endsOf(await speech(caller, voice), asks(hears))]);
  for (const [said, ends] of waits) expect([said, ends]).toEqual([said, [expect.any(Number)]]);
  const mean = waits.reduce((sum, [, ends]) => sum + (ends[0] ?? 0), 0) / waits.length;
  expect(mean).toBeLessThan(520);
});

test('"yes" ends after 200 ms when the recogniser tells it, and after 360 ms when it tells no words', async () => {
  const yes = await speech('Yes.', 'slt');
  expect(endsOf(yes, 'yes_no', () => 'yes')).toEqual([200]);
  expect(endsOf(yes, 'yes_no')).toEqual([360]);
  expect(endsOf(yes, 'open', () => 'yes')).toEqual([600]);
});

/** What the agent's question in a story's cue asks for. */
function asks(cue: string | undefined): Expectation {
  if (cue === undefined) return 'open';
  if (/are you safe|is that right|lawyer/.test(cue)) return 'yes_no';
  if (cue === 'phone number') return 'digits';
  return cue === 'last name' || cue === 'city and state' ? 'name' : 'open';
}
