import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import type { EndReason, Turn } from '../../../../src/domain/turn.js';
import { defaultSessionOptions } from '../../../../src/voice/session/options.js';
import type { TwilioDeps } from '../../../../src/voice/transports/twilio/twilio-deps.js';
import { openTwilioTransport } from '../../../../src/voice/transports/twilio/twilio-transport.js';
import { eventually } from '../../../support/eventually.js';
import { rms } from '../../audio/tones.js';
import { agent } from '../../session/support/line.js';
import { Exchange, MS_PER_CHAR } from '../support/exchange.js';
import { serve, type Serving } from '../support/serve.js';
import { said, toneEars } from '../support/tone-words.js';
import { type PhoneOptions, TwilioPhone } from './support/twilio-phone.js';

let exchange: Exchange;
let serving: Serving;
let url: string;
let ends: EndReason[];
let startedAtMs: number;

async function listen(change: Partial<TwilioDeps> = {}): Promise<void> {
  exchange = new Exchange();
  ends = [];
  const transport = await openTwilioTransport({
    ...exchange.deps,
    onEnded: (_header, reason) => Promise.resolve(void ends.push(reason)),
    options: { ...defaultSessionOptions, keyPauseMs: 100 },
    ...change,
  });
  const server = createServer();
  server.on('upgrade', (request, socket, head) => transport.handleUpgrade(request, socket, head));
  serving = await serve(server, exchange);
  url = `ws://127.0.0.1:${serving.port}`;
}
beforeEach(() => listen());
afterEach(() => serving.close());

const turn = (token: string, number: number, withinMs?: number): Promise<Turn> =>
  exchange.turn(token, number, withinMs);

/** A call whose greeting has been heard. */
async function call(token: string, options: PhoneOptions = {}): Promise<TwilioPhone> {
  const phone = new TwilioPhone(url, options);
  await phone.start(token);
  startedAtMs = performance.now();
  await turn(token, 1);
  return phone;
}

describe('a telephone conversation', () => {
  test('is held over mu-law with 5 % of the packets lost and some out of order, and ends with the goodbye heard', async () => {
    const weather = { loseEvery: 20, swapEvery: 7 };
    const phone = await call('token-1', { jitterMs: 60 });
    expect(phone.playedMs).toBeGreaterThan(24 * MS_PER_CHAR - 20);
    phone.speak(said('I slipped', 700), weather);
    expect(await turn('token-1', 3)).toMatchObject({ role: 'agent', text: 'You said I slipped.' });
    phone.speak(said('on the stairs', 700), weather);
    expect((await turn('token-1', 5)).text).toBe('You said I slipped and on the stairs.');
    phone.speak(said('bye', 700), weather);
    expect(await phone.closed).toBe(1000);
    expect(exchange.turns('token-1').map((t) => t.text)).toEqual([
      'Hello, this is Acme Law.',
      'I slipped',
      'You said I slipped.',
      'on the stairs',
      'You said I slipped and on the stairs.',
      'bye',
      'Goodbye.',
    ]);
    expect(ends).toEqual(['agent_closed']);
    expect(phone.clears).toBe(0);
    // the stream was closed after the last word had sounded, not when it had been sent
    const chars = 24 + 19 + 37 + 8;
    expect(phone.playedMs).toBeGreaterThan(chars * MS_PER_CHAR - 5 * 20);
    expect(rms(phone.agentAudio)).toBeGreaterThan(500);
  });

  test('packets lost in mid-sentence are silence of the same length, and what is said around them is one turn', async () => {
    const heard: boolean[] = [];
    const ears = toneEars();
    exchange.deps.call.providers.stt = {
      ...ears,
      start: () => {
        const recognition = ears.start();
        const push = (frame: Int16Array): void => {
          heard.push(rms(frame) > 1_000);
          recognition.push(frame);
        };
        return { ...recognition, push };
      },
    };
    const phone = await call('token-1');
    const half = said('I slipped').subarray(0, 10 * 160);
    phone.speak(half);
    phone.skip(120); // six packets: too short for anything to be prepared
    phone.speak(half);
    phone.speak(new Int16Array(35 * 160));
    expect((await turn('token-1', 2)).text).toBe('I slipped');
    const said20Ms = heard.slice(heard.indexOf(true), heard.lastIndexOf(true) + 1);
    const silent = said20Ms.filter((loud) => !loud).length;
    // the resampler's filter smears each edge over a part of a frame
    expect({ all: Math.abs(said20Ms.length - 26) <= 1, silent: Math.abs(silent - 6) <= 1 }).toEqual({
      all: true,
      silent: true,
    });
  });

  test('is handed over with the stream closed behind the last word, and the whisper kept before that', async () => {
    await serving.close();
    const kept: unknown[] = [];
    const transfer = { to: '+15125550123', summary: 'Dana asks for a person.' };
    await listen({
      claim: async (token) => ({
        ...(await exchange.claim(token)),
        agent: {
          ...agent,
          reply: (turns) => ({ ...agent.reply(turns), closesCall: true, ends: 'transferred', transfer }),
        },
      }),
      onEnded: (_header, reason, whisper) => Promise.resolve(void kept.push(reason, whisper)),
    });
    const phone = await call('token-1', { jitterMs: 60 });
    phone.speak(said('I slipped', 700));
    expect(await phone.closed).toBe(1000);
    expect(kept).toEqual(['transferred', 'Dana asks for a person.']);
    expect(await exchange.end('token-1')).toBe('transferred');
    expect(phone.playedMs).toBeGreaterThan((24 + 'You said I slipped.'.length) * MS_PER_CHAR - 5 * 20);
  });

  test('the end of the stream is the end of the call, and its end is known before the socket closes', async () => {
    const phone = await call('token-1');
    phone.stop();
    expect(await phone.closed).toBe(1000);
    expect(ends).toEqual(['caller_hangup']);
    expect(await exchange.end('token-1')).toBe('caller_hangup');
  });

  test('a socket that breaks off leaves a call that may be taken up again', async () => {
    const phone = await call('token-1');
    phone.socket.terminate();
    expect(await exchange.end('token-1')).toBe('connection_lost');
  });
});

describe('barge-in', () => {
  const words = Array.from({ length: 40 }, (_, n) => `w${n + 10}`).join(' ');
  const talker = {
    ...agent,
    greeting: () => ({ ...agent.greeting(), act: { kind: 'greeting', template: words } }),
  };
  beforeEach(async () => {
    await serving.close();
    await listen({ claim: async (token) => ({ ...(await exchange.claim(token)), agent: talker }) });
  });

  test('clears the network, and history keeps only what marks have proved heard', async () => {
    const phone = new TwilioPhone(url, { jitterMs: 400 });
    await phone.start('token-1');
    await eventually(() => phone.playedMs > 800, { withinMs: 5_000, everyMs: 5, what: 'some words' });
    phone.speak(said('I slipped', 0));
    const cut = await turn('token-1', 1);
    const heardChars = phone.playedMs / MS_PER_CHAR;
    await eventually(() => phone.clears === 1, { withinMs: 2_000, everyMs: 5, what: 'the clear' });
    expect(words.startsWith(cut.text)).toBe(true);
    // to the word: the clock, 400 ms ahead of the ear, would have counted five words more
    expect(cut.text.length).toBeLessThanOrEqual(heardChars + 1);
    expect(cut.text.length).toBeGreaterThan(heardChars - 9);
    const audioAtClear = phone.agentAudio.length;
    phone.speak(new Int16Array(700 * 8));
    expect((await turn('token-1', 3)).text).toBe('You said I slipped.');
    expect(phone.agentAudio.length - audioAtClear).toBeLessThanOrEqual(19 * MS_PER_CHAR * 8);
  });

  test('marks that the clear itself echoes are not taken for played audio', async () => {
    const phone = new TwilioPhone(url, { jitterMs: 400 });
    await phone.start('token-1');
    await eventually(() => phone.marks.length > 10, { withinMs: 5_000, everyMs: 5, what: 'some frames' });
    phone.press('7', '#');
    const cut = await turn('token-1', 1);
    await turn('token-1', 3);
    expect(cut.text.length).toBeLessThan(phone.agentAudio.length / 8 / MS_PER_CHAR);
    expect((await turn('token-1', 3)).text).toBe('You said 7.');
  });
});

describe('gaps', () => {
  beforeEach(async () => {
    await serving.close();
    const rules = { ...defaultSessionOptions.rules, silenceMs: 2_900 };
    await listen({ options: { ...defaultSessionOptions, rules } });
  });

  test('silence that was never sent ends the turn as soon as the next packet shows that it has passed', async () => {
    const phone = await call('token-1');
    phone.speak(said('I slipped'));
    phone.skip(3_000);
    phone.speak(new Int16Array(160));
    // without the time stamps this would take the 3,100 ms after which a dead line counts as silent; three times 900 are less
    expect((await turn('token-1', 2, 900)).text).toBe('I slipped');
  });
});

describe('keys', () => {
  test('digits up to the hash are one typed turn, and so are digits before a pause', async () => {
    const phone = await call('token-1');
    phone.press(...Array.from('5125550123'), '#');
    expect(await turn('token-1', 2)).toMatchObject({ text: '5125550123', input: 'typed' });
    await turn('token-1', 3);
    phone.press('4', '2');
    expect((await turn('token-1', 4)).text).toBe('42');
  });

  test('keys pressed just before hanging up are not lost', async () => {
    const phone = await call('token-1');
    phone.press('9', '1');
    phone.stop();
    expect((await turn('token-1', 2)).text).toBe('91');
  });
});

describe('a far end that', () => {
  test('reports nothing of what it plays is believed after a while', async () => {
    const phone = await call('token-1', { mute: true });
    expect(performance.now() - startedAtMs).toBeGreaterThan(2_000);
    phone.speak(said('bye', 700));
    expect(await phone.closed).toBe(1000);
  });

  test('uses a token twice is refused, and the first call goes on', async () => {
    const first = await call('token-1');
    const second = new TwilioPhone(url);
    await second.start('token-1');
    expect(await second.closed).toBe(4409);
    first.speak(said('I slipped', 700));
    expect((await turn('token-1', 3)).text).toBe('You said I slipped.');
  });

  test('has no token, says nothing or speaks another codec is refused', async () => {
    await serving.close();
    await listen({ startTimeoutMs: 200 });
    const stranger = new TwilioPhone(url);
    await stranger.start('nonsense');
    expect(await stranger.closed).toBe(4401);
    expect(await new TwilioPhone(url).closed).toBe(4408);
    const linear = new TwilioPhone(url);
    await linear.start('token-1', { mediaFormat: { encoding: 'audio/l16', sampleRate: 16_000 } });
    expect(await linear.closed).toBe(4400);
  });

  const hostile: [string, string][] = [
    ['no JSON', '{"event":'],
    ['no object', '[1,2,3]'],
    ['a payload that is not base64', '{"event":"media","media":{"timestamp":"20","payload":"%%%%"}}'],
    ['a time that is not a number', '{"event":"media","media":{"timestamp":"-1e9","payload":"////"}}'],
    ['a key that no telephone has', '{"event":"dtmf","dtmf":{"digit":"💣"}}'],
    [
      'a second start',
      '{"event":"start","streamSid":"MZ1","start":{"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000}}}',
    ],
  ];
  test.each(hostile)('sends %s loses its socket, and other calls go on', async (_what, message) => {
    const [good, bad] = [await call('token-1'), await call('token-2')];
    bad.send(message);
    expect(await bad.closed).toBe(4400);
    good.speak(said('I slipped', 700));
    expect((await turn('token-1', 3)).text).toBe('You said I slipped.');
  });

  test('sends events and marks we never heard of is left alone', async () => {
    const phone = await call('token-1');
    phone.send({ event: 'weather', forecast: 'rain' });
    for (const name of ['1.999999', '99.1', 'x', '']) phone.send({ event: 'mark', mark: { name } });
    phone.speak(said('I slipped', 700));
    expect((await turn('token-1', 3)).text).toBe('You said I slipped.');
  });
});
