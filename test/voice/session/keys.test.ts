import { afterEach, describe, expect, test } from '@jest/globals';
import type { KeysExpected } from '../../../src/domain/keypad.js';
import type { ConversationAgent } from '../../../src/voice/session/agent-port.js';
import { agent, endTestCalls, placeTestCall, toneVoice } from './support/line.js';

afterEach(endTestCalls);

const asking = (keys: KeysExpected): ConversationAgent => ({
  ...agent,
  greeting: () => ({ ...agent.greeting(), keys }),
});
/** A caller who has been asked. */
async function asked(keys: KeysExpected, keyPauseMs = 60_000) {
  const call = placeTestCall({ agent: asking(keys), options: { keyPauseMs } });
  await call.next('reply_done');
  return { call, press: (row: string) => Array.from(row, (key) => call.session.pressed(key)) };
}

describe('a row of keys', () => {
  test('that is the number asked for is a turn without a pause or a hash', async () => {
    const { call, press } = await asked('phone');
    press('5125550142');
    expect(await call.next('heard')).toMatchObject({ text: '5125550142', input: 'typed' });
  });

  test('answers yes or no with one key', async () => {
    const { call, press } = await asked('yes_no');
    press('2');
    expect(await call.next('heard')).toMatchObject({ text: 'no (pressed 2)' });
  });

  test('ends with the hash, or with a pause, and a star begins it anew', async () => {
    const { call, press } = await asked('any', 150);
    press('99*42#');
    expect((await call.next('heard')).text).toBe('42');
    press('7');
    expect((await call.next('heard', 1)).text).toBe('7');
  });

  test('is nothing at all when nothing is left of it', async () => {
    const { call, press } = await asked('any', 20);
    press('#');
    press('12*');
    call.session.typed('hello');
    expect((await call.next('heard')).text).toBe('hello');
  });

  test('that is a card number is cut out whole, though its beginning looks like a telephone number', async () => {
    const { call, press } = await asked('phone');
    press('4242424242424242#');
    expect((await call.next('heard')).text).toBe('[card number removed]');
    expect(JSON.stringify([call.events, call.journal])).not.toContain('4242');
  });

  test('stops the agent with its first key, and the agent waits for the last', async () => {
    const call = placeTestCall({
      agent: asking('any'),
      tts: toneVoice(40),
      options: { keyPauseMs: 60_000 },
    });
    await call.next('reply');
    call.session.pressed('4');
    expect(await call.next('reply_done')).toMatchObject({ interrupted: true });
    call.session.pressed('2');
    call.session.pressed('#');
    expect((await call.next('reply', 1)).text).toBe('You said 42.');
  });

  test('counts when the caller hangs up in the middle of it', async () => {
    const { call, press } = await asked('any');
    press('91');
    call.session.end();
    await call.session.finished;
    expect(call.turns().at(-1)).toMatchObject({ role: 'caller', text: '91' });
  });
});
