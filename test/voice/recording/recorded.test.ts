/** Recording as a caller meets it: a real session and the firm's real rules, on a recorder with a real directory. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import { createAgent } from '../../../src/api/agent.js';
import type { CallSession } from '../../../src/voice/session/call-deps.js';
import { createCallSession } from '../../../src/voice/session/call-session.js';
import type { CallerEvent, CallerLink, Playback } from '../../../src/voice/session/link.js';
import { defaultSessionOptions } from '../../../src/voice/session/options.js';
import type { TextToSpeech } from '../../../src/voice/ports.js';
import type { FirmProfile } from '../../../src/domain/firm.js';
import type { Recorder } from '../../../src/voice/recording/recorder.js';
import { firm } from '../../domain/conversation.js';
import { eventually } from '../../support/eventually.js';
import { silentLogger } from '../../support/log.js';
import { scriptedEars, scriptedModel } from '../session/support/line.js';
import { call, cleanUp, type Kit, level, recordingKit, settled } from './support/kit.js';
import { levels } from './support/stereo.js';

const AGENT = 1_000;
const sessions: CallSession[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) session.end();
  await cleanUp();
});

/** A short greeting, so that nobody waits for it, and a fifth of a second for each clause of everything else. */
const voice: TextToSpeech = {
  name: 'tone',
  async *speak(text) {
    yield await Promise.resolve(new Int16Array(text.includes('AI assistant') ? 640 : 3_200).fill(AGENT));
  },
  close: () => Promise.resolve(),
};

interface Line {
  kit: Kit;
  recorder: Recorder;
  session: CallSession;
  events: CallerEvent[];
  sent: Int16Array[];
  /** One typed turn, and the whole reply to it. */
  say(text: string): Promise<void>;
  replies(): number;
  hangUp(): Promise<void>;
}

async function dial(
  given: {
    of?: FirmProfile;
    mayRecord?: () => boolean;
    words?: string[];
    playback?: () => Playback;
    /** The caller interrupts and hangs up as this frame of the agent leaves. */
    interruptAt?: () => number;
  } = {},
): Promise<Line> {
  const kit = await recordingKit();
  const recorder = await kit.open({ nowMs: () => performance.now() });
  const events: CallerEvent[] = [];
  const sent: Int16Array[] = [];
  const link: CallerLink = {
    send: (event) => void events.push(event),
    sendFrame(frame) {
      sent.push(frame);
      if (sent.length !== given.interruptAt?.()) return;
      queueMicrotask(() => {
        session.typed('wait');
        session.end();
      });
    },
    ...(given.playback && { openPlayback: given.playback }),
  };
  const session = createCallSession(
    {
      providers: {
        stt: scriptedEars(given.words ?? []),
        llm: scriptedModel,
        tts: voice,
      },
      agent: createAgent(given.of ?? firm),
      createVad: () => ({ isVoiced: (frame) => frame[0] !== 0, close: () => undefined }),
      journal: { append: () => undefined },
      timing: { record: () => undefined, recordError: () => undefined },
      filter: () => true,
      logger: silentLogger,
      nowMs: () => performance.now(),
      epochMs: Date.now,
      recorder,
      ...(given.mayRecord && { mayRecord: given.mayRecord }),
      link,
    },
    call,
    defaultSessionOptions,
  );
  sessions.push(session);
  session.start();
  const replies = (): number => events.filter((event) => event.type === 'reply_done').length;
  const line: Line = {
    ...{ kit, recorder, session, events, sent, replies },
    async say(text) {
      const before = replies();
      session.typed(text);
      await eventually(() => replies() > before, { withinMs: 10_000, everyMs: 2, what: 'a reply' });
    },
    async hangUp() {
      session.end();
      await session.finished;
      await settled(recorder);
    },
  };
  await eventually(() => replies() === 1, { withinMs: 10_000, everyMs: 2, what: 'the greeting' });
  return line;
}

const nothingKept = async ({ kit }: Line): Promise<void> => {
  expect(await readdir(`${kit.directory}/spool`)).toEqual([]);
  expect(await readdir(kit.directory)).toEqual(['spool']);
  expect(kit.began).toEqual([]);
};
/** One second of the caller at one level, which the detector (it looks at first samples) takes for silence. */
const hum = (session: CallSession, value: number): void => {
  for (let n = 0; n < 50; n++) {
    const frame = level(value);
    frame[0] = 0;
    session.audio(frame);
  }
};
/** Which 20 ms of one side hold this level. */
const slotsAt = (side: Int16Array, value: number): number[] => [
  ...new Set(
    Array.from(side.keys())
      .filter((i) => side[i] === value)
      .map((i) => Math.floor(i / 320)),
  ),
];

describe('a caller who agrees', () => {
  test('is recorded from the yes on, and what the agent was heard to say stands beside it', async () => {
    const line = await dial();
    hum(line.session, 222);
    await line.say('yes that is fine');
    hum(line.session, 0); // the second in which the agent answered
    hum(line.session, 333);
    await line.say('i was in a car accident');
    await line.hangUp();
    const { left, right } = await line.kit.sound(line.recorder);
    expect(line.kit.finished).toMatchObject([{ state: 'stored', consent: { turn: 2 } }]);
    expect(slotsAt(left, 222)).toEqual([]); // said before the yes
    const hummed = slotsAt(left, 333);
    expect(hummed).toHaveLength(50);
    expect(hummed.at(-1)! - hummed[0]!).toBe(49);
    const spoken = slotsAt(right, AGENT);
    expect(spoken.filter((slot) => slot < hummed[0]!).length).toBeGreaterThanOrEqual(10);
    expect(spoken.filter((slot) => slot > hummed.at(-1)!).length).toBeGreaterThanOrEqual(5);
    expect(spoken.filter((slot) => slot >= hummed[0]! && slot <= hummed.at(-1)!).length).toBeLessThanOrEqual(
      6,
    );
  });

  test('hears the same call as without a recorder when the process has no time to record', async () => {
    let room = false;
    const line = await dial({ mayRecord: () => room });
    await line.say('yes that is fine');
    expect(line.kit.began).toEqual([]);
    room = true;
    await line.say('i was in a car accident');
    expect(line.kit.began).toHaveLength(1);
    await line.hangUp();
    expect(line.kit.finished).toMatchObject([{ state: 'stored', consent: { turn: 2 } }]);
  });
});

describe('a caller who does not agree leaves no file and no bytes', () => {
  test.each([
    ['says nothing to it', ['i was in a car accident', 'dana whitcomb']],
    ['refuses', ['no do not record this', 'i was in a car accident']],
  ])('%s', async (_what, lines) => {
    const line = await dial();
    for (const words of lines) {
      hum(line.session, 333);
      await line.say(words);
    }
    await line.hangUp();
    await nothingKept(line);
  });

  test('nor does one who agrees with a firm that never records', async () => {
    const line = await dial({ of: { ...firm, recording: 'never' } });
    await line.say('yes you can record');
    await line.hangUp();
    await nothingKept(line);
  });
});

describe('a caller who takes the yes back', () => {
  test('is recorded up to there and no further', async () => {
    const line = await dial();
    await line.say('yes');
    hum(line.session, 333);
    await line.say('stop recording');
    await settled(line.recorder);
    const { durationMs } = line.kit.finished[0]!;
    await line.say('okay i was in a car accident');
    await line.hangUp();
    expect(line.kit.finished).toMatchObject([{ state: 'stored', durationMs }]);
  });

  test('and asks for it to be deleted, later even, leaves nothing', async () => {
    const line = await dial();
    await line.say('yes');
    hum(line.session, 333);
    await line.say('stop recording');
    await line.say('and please delete the recording');
    await line.hangUp();
    expect(line.kit.erased).toEqual([call.callId]);
    expect(await line.recorder.read(call, AbortSignal.timeout(1_000))).toBeNull();
    expect(await readdir(`${line.kit.directory}/spool`)).toEqual([]);
  });
});

describe('a caller who interrupts', () => {
  const agentMs = (right: Int16Array): number => levels(right).filter((value) => value === AGENT).length * 20;

  /** The caller says yes, and interrupts at the twelfth frame of what the agent answers. */
  const interrupted = async (playback?: () => Playback): Promise<{ sentMs: number; heardMs: number }> => {
    let interruptAt = Infinity;
    const line = await dial({ interruptAt: () => interruptAt, ...(playback && { playback }) });
    const spoken = line.sent.length;
    interruptAt = spoken + 12;
    line.session.typed('yes');
    await line.session.finished;
    const { right } = await line.kit.sound(line.recorder);
    return { sentMs: (line.sent.length - spoken) * 20, heardMs: agentMs(right) };
  };

  test('leaves in the recording only what was played by then, as the clock tells it', async () => {
    const { sentMs, heardMs } = await interrupted();
    // Frames leave 100 ms before their time, and the one being played is cut.
    expect(sentMs - heardMs).toBeGreaterThanOrEqual(80);
    expect(sentMs - heardMs).toBeLessThanOrEqual(120);
  });

  test('leaves what the far end says it has played, where the far end tells', async () => {
    const playback = (): Playback => ({ playedFrames: () => 3, reached: () => Promise.resolve(), lateMs: 0 });
    expect(await interrupted(playback)).toMatchObject({ heardMs: 60 });
  });

  test('leaves what the clock tells where the far end has not told', async () => {
    const playback = (): Playback => ({
      playedFrames: () => undefined,
      reached: () => new Promise(() => undefined),
      lateMs: 0,
    });
    const { sentMs, heardMs } = await interrupted(playback);
    expect(sentMs - heardMs).toBeGreaterThanOrEqual(80);
    expect(sentMs - heardMs).toBeLessThanOrEqual(120);
  });
});
