import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { EndReason, Turn } from '../../../../src/domain/turn.js';
import type { JournalEvent } from '../../../../src/voice/ports.js';
import { defaultSessionOptions } from '../../../../src/voice/session/options.js';
import { type CallRegistry, createCallRegistry } from '../../../../src/voice/session/registry.js';
import type { TwilioDeps } from '../../../../src/voice/transports/twilio/twilio-deps.js';
import { openTwilioTransport } from '../../../../src/voice/transports/twilio/twilio-transport.js';
import { eventually } from '../../../support/eventually.js';
import { silentLogger } from '../../../support/log.js';
import { rms } from '../../audio/tones.js';
import { agent, header, scriptedModel, toneVoice } from '../../session/support/line.js';
import { loudness, said, toneEars } from '../support/tone-words.js';
import { type PhoneOptions, TwilioPhone } from './support/twilio-phone.js';

const MS_PER_CHAR = 20;
let server: Server;
let url: string;
let registry: CallRegistry;
let journal: Map<string, JournalEvent[]>;
let ends: EndReason[];
let startedAtMs: number;
const sockets = new Set<Socket>();

/** Tokens are `token-N`; each opens call N once. */
async function listen(change: Partial<TwilioDeps> = {}): Promise<void> {
  const used = new Set<string>();
  registry = createCallRegistry({ maxCalls: 3 });
  journal = new Map();
  ends = [];
  const transport = await openTwilioTransport({
    async claim(token) {
      await Promise.resolve();
      if (!token.startsWith('token-')) return { ok: false, why: 'bad_token' };
      if (used.has(token)) return { ok: false, why: 'replayed_token' };
      used.add(token);
      return { ok: true, agent, header: { ...header, callId: callId(token) } };
    },
    registry,
    call: {
      providers: { stt: toneEars(), llm: scriptedModel, tts: toneVoice(MS_PER_CHAR) },
      createVad: loudness,
      journal: {
        append: ({ callId: id }, event) => void journal.set(id, [...(journal.get(id) ?? []), event]),
      },
      timing: { record: () => undefined, recordError: () => undefined },
      filter: () => true,
      logger: silentLogger,
      nowMs: () => performance.now(),
      epochMs: () => Date.now(),
    },
    options: defaultSessionOptions,
    onEnded: (_header, reason) => Promise.resolve(void ends.push(reason)),
    digitPauseMs: 100,
    ...change,
  });
  server = createServer();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => transport.handleUpgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
async function close(): Promise<void> {
  await registry.closeAll(2_000);
  await eventually(() => registry.size === 0 && sockets.size === 0, {
    withinMs: 5_000,
    what: 'no socket is left',
  });
  await new Promise((resolve) => server.close(resolve));
}
beforeEach(() => listen());
afterEach(close);

const callId = (token: string): string => `call_${token.slice(6).padStart(20, '0')}`;
const turns = (token: string): Turn[] =>
  (journal.get(callId(token)) ?? []).flatMap((event) => (event.kind === 'turn' ? [event.turn] : []));
const turn = (token: string, number: number, withinMs = 5_000): Promise<Turn> =>
  eventually(() => turns(token).find((t) => t.number === number)!, {
    withinMs,
    everyMs: 5,
    what: `turn ${number}`,
  });

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
    expect(turns('token-1').map((t) => t.text)).toEqual([
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

  test('the end of the stream is the end of the call, and its end is known before the socket closes', async () => {
    const phone = await call('token-1');
    phone.stop();
    expect(await phone.closed).toBe(1000);
    expect(ends).toEqual(['caller_hangup']);
    await eventually(() => journal.get(callId('token-1'))?.at(-1)?.kind === 'ended', {
      withinMs: 2_000,
      what: 'the end',
    });
  });

  test('a socket that breaks off leaves a call that may be taken up again', async () => {
    const phone = await call('token-1');
    phone.socket.terminate();
    await eventually(() => journal.get(callId('token-1'))?.at(-1)?.kind === 'connection_lost', {
      withinMs: 2_000,
      what: 'the loss',
    });
  });
});

describe('barge-in', () => {
  const words = Array.from({ length: 40 }, (_, n) => `w${n + 10}`).join(' ');
  const talker = {
    ...agent,
    greeting: () => ({ ...agent.greeting(), act: { kind: 'greeting', template: words } }),
  };
  beforeEach(async () => {
    await close();
    await listen({
      claim: () =>
        Promise.resolve({ ok: true, agent: talker, header: { ...header, callId: callId('token-1') } }),
    });
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
    await eventually(() => phone.marks.length > 30, { withinMs: 5_000, everyMs: 5, what: 'some frames' });
    phone.press('7', '#');
    const cut = await turn('token-1', 1);
    await turn('token-1', 3);
    expect(cut.text.length).toBeLessThan((phone.marks.length * 20) / MS_PER_CHAR);
    expect((await turn('token-1', 3)).text).toBe('You said 7.');
  });
});

describe('gaps', () => {
  beforeEach(async () => {
    await close();
    const rules = { ...defaultSessionOptions.rules, silenceMs: 2_000 };
    await listen({ options: { ...defaultSessionOptions, rules } });
  });

  test('silence that was never sent ends the turn as soon as the next packet shows that it has passed', async () => {
    const phone = await call('token-1');
    phone.speak(said('I slipped'));
    phone.skip(2_500);
    phone.speak(new Int16Array(160));
    // without the time stamps this would take the 2,200 ms after which a dead line counts as silent
    expect((await turn('token-1', 2, 1_200)).text).toBe('I slipped');
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

  test('a whole answer waits for no pause', async () => {
    await close();
    await listen({ digitsComplete: (digits) => digits.length === 3, digitPauseMs: 60_000 });
    const phone = await call('token-1');
    phone.press('1', '2', '3');
    expect((await turn('token-1', 2)).text).toBe('123');
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
    await close();
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
