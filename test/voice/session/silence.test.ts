import { afterEach, describe, expect, test } from '@jest/globals';
import { defaultSilenceRules } from '../../../src/domain/silence-ladder.js';
import type { AgentTurn, ConversationAgent } from '../../../src/voice/session/agent-port.js';
import { defaultSessionOptions } from '../../../src/voice/session/options.js';
import { phrases } from '../../../src/voice/session/phrases.js';
import { agent, endTestCalls, placeTestCall, scriptedEars, toneVoice } from './support/line.js';

afterEach(endTestCalls);

const patient: ConversationAgent = {
  ...agent,
  silence(_turns, step): AgentTurn {
    const close = step === 'close';
    const act = { kind: 'still_there', template: close ? 'Goodbye then.' : `Are you there, ${step}?` };
    return {
      act,
      verbatim: true,
      instructions: '',
      expects: 'open',
      closesCall: close,
      ...(close && { ends: 'idle' as const }),
    };
  },
};
/** Waits short enough for a test, each far longer than a sentence of the test voice. */
const silence = { ...defaultSilenceRules, promptMs: 300, againMs: 200, closeMs: 250, graceMs: 100 };
const agentSaid = (call: ReturnType<typeof placeTestCall>) =>
  call.turns().flatMap((turn) => (turn.role === 'agent' ? [turn.text] : []));

describe('a caller who says nothing', () => {
  test('is prompted twice and let go kindly, and the call ends as idle', async () => {
    const call = placeTestCall({
      stt: scriptedEars([]),
      tts: toneVoice(),
      agent: patient,
      options: { silence },
    });
    await call.session.finished;
    expect(agentSaid(call)).toEqual([
      'Hello, this is Acme Law.',
      'Are you there, 1?',
      'Are you there, 2?',
      'Goodbye then.',
    ]);
    expect(call.journal.at(-1)).toMatchObject({ kind: 'ended', reason: 'idle', lastTurn: 4 });
  });

  test('is not prompted while speaking, nor while being understood, however long that takes', async () => {
    let understood: (words: string) => void = () => undefined;
    const ears = scriptedEars([]);
    const slow = {
      ...ears,
      start: () => ({
        ...ears.start(),
        finish: () => new Promise<string>((resolve) => (understood = resolve)),
      }),
    };
    const call = placeTestCall({ stt: slow, tts: toneVoice(), agent: patient, options: { silence } });
    await call.next('reply_done');
    call.speak(400, 800);
    await new Promise((resolve) => setTimeout(resolve, 2 * silence.promptMs));
    expect(agentSaid(call)).toEqual(['Hello, this is Acme Law.']);
    understood('I slipped');
    await call.next('reply_done', 1);
    expect(agentSaid(call)[1]).toBe('You said I slipped.');
  });

  test('is not prompted while the agent still speaks, or prepares what it will say', async () => {
    const call = placeTestCall({
      stt: scriptedEars([]),
      tts: toneVoice(40),
      agent: patient,
      options: { silence },
    });
    expect(await call.next('reply_done')).toMatchObject({ interrupted: false });
    const heardMs = (call.frames.at(-1)?.atMs ?? 0) - (call.frames[0]?.atMs ?? 0);
    expect(heardMs).toBeGreaterThan(2 * silence.promptMs);
    expect((await call.next('reply_done', 1)).text).toBe('Are you there, 1?');
  });

  test('who answers a prompt is answered, and the next silence begins with the first prompt again', async () => {
    const stt = scriptedEars(['yes I am here']);
    const call = placeTestCall({ stt, tts: toneVoice(), agent: patient, options: { silence } });
    await call.next('reply_done', 1);
    call.speak(400, 800);
    await call.next('reply_done', 3);
    expect(agentSaid(call).slice(0, 4)).toEqual([
      'Hello, this is Acme Law.',
      'Are you there, 1?',
      'You said yes I am here.',
      'Are you there, 1?',
    ]);
  });

  test('may take any time to type where nobody listens', async () => {
    const call = placeTestCall({ agent: patient, options: { silence } });
    await call.next('reply_done');
    await new Promise((resolve) => setTimeout(resolve, 3 * silence.promptMs));
    expect(agentSaid(call)).toEqual(['Hello, this is Acme Law.']);
  });
});

describe('a caller who does not stop talking', () => {
  const { rules } = defaultSessionOptions;
  const longTurn = { ...rules.longTurn, afterMs: 3_000, hardMs: 4_000 };
  const options = { rules: { ...rules, longTurn } };

  test('is cut in on, politely and over their voice, and not a word is lost', async () => {
    const stt = scriptedEars(['a long story', 'and the rest of it']);
    const call = placeTestCall({ stt, tts: toneVoice(20), agent, options });
    await call.next('reply_done');
    call.speak(4_000, 0);
    // Four seconds are over; the caller talks on while the agent begins.
    const story = await call.next('reply');
    expect(story.turn).toBe(1);
    call.speak(200, 0);
    const cutIn = await call.next('reply', 1);
    expect(cutIn).toMatchObject({ turn: 3, text: phrases.cutIn });
    call.speak(400, 700);
    await call.next('heard', 1);
    await call.next('reply_done', 2);
    const said = call.turns().filter((turn) => turn.role === 'caller');
    expect(said.map((turn) => turn.text)).toEqual(['a long story', 'and the rest of it']);
    expect(call.turns().at(-1)?.text).toBe('You said a long story and and the rest of it.');
    expect(stt.frames.reduce((sum, frames) => sum + frames)).toBeGreaterThanOrEqual(4_600 / 20);
  });

  test('who pauses after the limit is cut in on there', async () => {
    const stt = scriptedEars(['a long story']);
    const call = placeTestCall({ stt, tts: toneVoice(), agent, options });
    await call.next('reply_done');
    call.speak(3_200, 320);
    const done = await call.next('reply_done', 1);
    expect(done.text).toBe(`${phrases.cutIn} You said a long story.`);
  });
});
