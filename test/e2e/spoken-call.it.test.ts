/** The whole product on real parts: a voice is sent as audio, and what it said is found in Clio. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CallerScript } from '../../src/cli/caller/script.js';
import { callScripted } from '../../src/cli/demo/stage.js';
import { startTestStack, type TestStack } from '../support/stack.js';

let hermes: TestStack;
beforeAll(async () => {
  hermes = await startTestStack({ HERMES_RECONNECT_WINDOW_MS: '1000' });
});
afterAll(() => hermes.close(), 15_000);

/** Two answers are enough for a matter; a longer call takes longer than a test may. */
const shortStory: CallerScript = {
  title: 'A divorce, told in two answers',
  voice: 'slt',
  turns: [
    { caller: 'My name is Maria Lopez.' },
    { caller: 'I need a lawyer for my divorce.', event: 'caller_hangup' },
  ],
};

test('a spoken name and practice area are found in Clio, with exactly one record of each kind', async () => {
  const { api, clio } = hermes;
  const { callId, events } = await callScripted({ api, spoken: true }, shortStory, () => undefined);
  const intake = await hermes.finished(callId);

  const contacts = await clio.created('contact');
  expect(contacts).toHaveLength(1);
  expect(contacts[0]).toMatchObject({ first_name: 'Maria', last_name: 'Lopez' });
  const matters = await clio.created('matter');
  expect(matters).toHaveLength(1);
  expect(matters[0]).toMatchObject({ status: 'pending', description: expect.stringContaining('Family') });
  const notes = await clio.created('note');
  expect(notes).toHaveLength(1);
  expect(JSON.stringify(notes[0])).toContain('my name is maria lopez');

  const payments = intake.writes.filter((w) => w.operation === 'lawpay.paymentRequest.create');
  expect(payments).toHaveLength(1);
  expect(payments[0]?.url).toContain('amount=15000');

  const replies = events.filter((e) => e.kind === 'reply' && e.timing.total !== undefined);
  expect(replies.length).toBeGreaterThanOrEqual(1);
  for (const reply of replies) expect(reply).toMatchObject({ timing: { endpointing: expect.any(Number) } });
});
