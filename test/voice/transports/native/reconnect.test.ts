/** A caller whose line breaks in the middle of a call and who comes back, over real sockets. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import WebSocket from 'ws';
import type { JournalEvent, SpeechToText } from '../../../../src/voice/ports.js';
import type { ConversationAgent } from '../../../../src/voice/session/agent-port.js';
import { defaultSessionOptions, type SessionOptions } from '../../../../src/voice/session/options.js';
import { type CallRegistry, createCallRegistry } from '../../../../src/voice/session/registry.js';
import { createNativeTransport } from '../../../../src/voice/transports/native/native-transport.js';
import { ServerMessage } from '../../../../src/voice/wire.js';
import { eventually } from '../../../support/eventually.js';
import { silentLogger } from '../../../support/log.js';
import { agent, header, scriptedEars, scriptedModel, toneVoice } from '../../session/support/line.js';

let server: Server;
let registry: CallRegistry;
let journal: JournalEvent[];
const sockets = new Set<Socket>();
const clients: WebSocket[] = [];

/** One firm, one call, one token. */
async function listen(given: {
  stt?: SpeechToText;
  agent?: ConversationAgent;
  msPerChar?: number;
  options?: Partial<SessionOptions>;
}): Promise<void> {
  registry = createCallRegistry({ maxCalls: 3 });
  journal = [];
  let used = false;
  const transport = createNativeTransport({
    async claim() {
      await Promise.resolve();
      const claimed = { ok: true, header, agent: given.agent ?? agent } as const;
      if (used) return registry.isAway(header.callId) ? { ...claimed, back: true } : refused;
      used = true;
      return claimed;
    },
    registry,
    call: {
      providers: {
        stt: given.stt ?? scriptedEars([]),
        llm: scriptedModel,
        tts: toneVoice(given.msPerChar ?? 2),
      },
      createVad: () => ({ isVoiced: (frame) => frame[0] !== 0, close: () => undefined }),
      journal: { append: (_call, event) => void journal.push(event) },
      timing: { record: () => undefined, recordError: () => undefined },
      filter: () => true,
      logger: silentLogger,
      nowMs: () => performance.now(),
      epochMs: () => Date.now(),
    },
    options: { ...defaultSessionOptions, ...given.options },
  });
  server = createServer();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => transport.handleUpgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}
const refused = { ok: false, why: 'replayed_token' } as const;

afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await registry.closeAll(2_000);
  await eventually(() => registry.size === 0 && sockets.size === 0, {
    withinMs: 5_000,
    what: 'all is closed',
  });
  await new Promise((resolve) => server.close(resolve));
});

/** A caller with the token of the call, on a socket of their own. */
async function dial() {
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  clients.push(socket);
  const messages: ServerMessage[] = [];
  let frames = 0;
  socket.on('error', () => undefined);
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) frames += 1;
    else messages.push(ServerMessage.parse(JSON.parse(data.toString())));
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(JSON.stringify({ type: 'start', token: 'token-of-the-call' }));
  const all = <T extends ServerMessage['type']>(type: T) =>
    messages.filter((m): m is Extract<ServerMessage, { type: T }> => m.type === type);
  return {
    socket,
    messages,
    all,
    closed,
    frames: () => frames,
    until: <T extends ServerMessage['type']>(type: T, nth = 1) =>
      eventually(() => all(type)[nth - 1], { withinMs: 5_000, everyMs: 2, what: `${type} number ${nth}` }),
    speak(voicedMs: number, quietMs: number): void {
      for (let ms = 0; ms < voicedMs; ms += 20) socket.send(Buffer.alloc(640, 9));
      for (let ms = 0; ms < quietMs; ms += 20) socket.send(Buffer.alloc(640));
    },
    /** As when the network is gone: no goodbye, no close frame. */
    async breaks(): Promise<void> {
      socket.terminate();
      await eventually(() => registry.isAway(header.callId), {
        withinMs: 5_000,
        what: 'the loss is noticed',
      });
    },
  };
}
const kinds = () => journal.map((event) => event.kind);
const turns = () => journal.flatMap((event) => (event.kind === 'turn' ? [event.turn] : []));

describe('reconnect in mid-sentence', () => {
  test('goes on with the same utterance: all that was said before and after the break is one turn', async () => {
    const stt = scriptedEars(['my name is Maria Lopez']);
    await listen({ stt });
    const before = await dial();
    await before.until('reply_done');
    before.speak(1_000, 0);
    await before.until('speech');
    await eventually(() => registry.size === 1, { withinMs: 1_000, what: 'the call is on' });
    await before.breaks();
    // Longer than any silence rule: the break is not taken for the end of the sentence.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(turns()).toHaveLength(1);

    const after = await dial();
    expect(await after.until('ready')).toMatchObject({ callId: header.callId, resumed: true });
    after.speak(1_000, 800);
    expect(await after.until('heard')).toMatchObject({ turn: 2, text: 'my name is Maria Lopez' });
    expect(await after.until('reply_done')).toMatchObject({
      turn: 3,
      text: 'You said my name is Maria Lopez.',
    });
    expect(stt.frames).toHaveLength(1);
    expect(stt.frames[0]).toBeGreaterThanOrEqual(2_000 / 20);
    expect(kinds()).toEqual(['turn', 'connection_lost', 'connection_restored', 'turn', 'turn']);
    expect(after.all('reply')).toHaveLength(1);
  });

  test('says on what the caller has not heard, from the clause that was cut', async () => {
    const sentences = ['This is the first sentence.', 'Here is the second one.', 'And that is the third.'];
    const greeting = { ...agent.greeting(), act: { kind: 'greeting', template: sentences.join(' ') } };
    await listen({ msPerChar: 20, agent: { ...agent, greeting: () => greeting } });
    const before = await dial();
    await before.until('reply', 2);
    await eventually(() => before.frames() > (sentences[0]!.length * 20) / 20 + 10, {
      withinMs: 5_000,
      everyMs: 2,
      what: 'the second sentence is being heard',
    });
    await before.breaks();
    const heard = turns()[0]!.text;
    expect(heard).toMatch(/^This is the first sentence\./);
    expect(heard).not.toContain('third');

    const after = await dial();
    // What was heard until the break is told first: nobody was there to be told.
    expect(await after.until('reply_done')).toMatchObject({ turn: 1, interrupted: true, text: heard });
    const rest = await after.until('reply_done', 2);
    expect(rest).toMatchObject({ turn: 2, interrupted: false, text: sentences.slice(1).join(' ') });
    expect(after.frames()).toBe((sentences.slice(1).join('').length * 20) / 20);
    expect(turns().map((turn) => [turn.number, turn.role])).toEqual([
      [1, 'agent'],
      [2, 'agent'],
    ]);
  });

  test('says a goodbye to its end, and only then is the call over', async () => {
    await listen({ msPerChar: 20 });
    const before = await dial();
    await before.until('reply_done');
    before.socket.send(JSON.stringify({ type: 'text', text: 'bye' }));
    await before.until('reply', 2);
    await before.breaks();
    expect(kinds()).not.toContain('ended');
    const after = await dial();
    expect(await after.closed).toBe(1000);
    expect(journal.at(-1)).toMatchObject({ kind: 'ended', reason: 'agent_closed' });
  });

  test('tells who comes back what was understood meanwhile, and answers it only then', async () => {
    let understood: (words: string) => void = () => undefined;
    const ears = scriptedEars([]);
    const finish = () => new Promise<string>((resolve) => (understood = resolve));
    await listen({ stt: { ...ears, start: () => ({ ...ears.start(), finish }) } });
    const before = await dial();
    await before.until('reply_done');
    before.speak(600, 800);
    await before.until('speech', 2);
    await before.breaks();
    understood('I slipped on ice');
    await eventually(() => turns().length === 2, { withinMs: 2_000, what: 'the words are kept' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(turns()).toHaveLength(2);
    const after = await dial();
    expect(await after.until('heard')).toMatchObject({ turn: 2, text: 'I slipped on ice' });
    expect(await after.until('reply_done')).toMatchObject({ turn: 3, text: 'You said I slipped on ice.' });
    expect(after.frames()).toBeGreaterThan(0);
  });
});

describe('a caller who does not come back', () => {
  test('is waited for as long as the window, then the call ends as dropped, at the time of the break', async () => {
    await listen({ options: { reconnectWindowMs: 300 } });
    const caller = await dial();
    await caller.until('reply_done');
    await caller.breaks();
    await eventually(() => registry.size === 0, { withinMs: 5_000, what: 'the call is over' });
    const [lost, ended] = journal.slice(-2);
    expect(lost).toMatchObject({ kind: 'connection_lost' });
    expect(ended).toMatchObject({ kind: 'ended', reason: 'dropped', lastTurn: 1 });
    expect(ended).toHaveProperty('atMs', (lost as { atMs: number }).atMs);
    const late = await dial();
    expect(await late.closed).toBe(4409);
  });

  test('is not waited for by a process that must go', async () => {
    await listen({});
    const caller = await dial();
    await caller.until('reply_done');
    await caller.breaks();
    await registry.closeAll(2_000);
    expect(registry.size).toBe(0);
    expect(kinds()).not.toContain('ended');
  });
});

describe('the token of a call', () => {
  test('is refused while its caller is on the line, whose call goes on', async () => {
    await listen({ stt: scriptedEars(['still here']) });
    const caller = await dial();
    await caller.until('reply_done');
    const thief = await dial();
    expect(await thief.closed).toBe(4409);
    expect(thief.all('error')[0]?.code).toBe('replayed_token');
    caller.speak(600, 800);
    expect((await caller.until('heard')).text).toBe('still here');
  });

  test('lets one of two come back, and the other learns that it is used', async () => {
    await listen({});
    const caller = await dial();
    await caller.until('reply_done');
    await caller.breaks();
    const both = await Promise.all([dial(), dial()]);
    await eventually(() => both.filter((one) => one.socket.readyState === WebSocket.CLOSED).length === 1, {
      withinMs: 5_000,
      what: 'one is refused',
    });
    expect(both.filter((one) => one.all('ready').some((m) => m.resumed)).length).toBe(1);
    expect(registry.size).toBe(1);
  });

  test('brings the caller back as often as the line breaks', async () => {
    await listen({ stt: scriptedEars(['one', 'two', 'three']) });
    let caller = await dial();
    await caller.until('reply_done');
    for (const word of ['one', 'two', 'three']) {
      await caller.breaks();
      caller = await dial();
      await caller.until('ready');
      caller.speak(600, 800);
      expect((await caller.until('heard')).text).toBe(word);
      await caller.until('reply_done');
    }
    expect(kinds().filter((kind) => kind === 'connection_restored')).toHaveLength(3);
  });
});
