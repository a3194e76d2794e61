import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { createClauseSplitter } from '../../../src/voice/session/clause-splitter.js';
import { heardText } from '../../../src/voice/session/heard-text.js';
import { Playout } from '../../../src/voice/session/playout.js';
import { createCallRegistry } from '../../../src/voice/session/registry.js';
import type { CallSession } from '../../../src/voice/session/call-deps.js';

const split = (...pieces: string[]) => {
  const splitter = createClauseSplitter();
  return [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.flush()];
};

describe('the clause splitter', () => {
  test('cuts at sentence ends, wherever the stream was cut', () => {
    expect(split('Hel', 'lo. How a', 're you? I', "'m fine.")).toEqual([
      'Hello.',
      'How are you?',
      "I'm fine.",
    ]);
  });

  test('does not cut inside numbers, initials and titles', () => {
    expect(split('Dr. Lee and Mr. J. Smith owe 3.50 dollars. Yes.')).toEqual([
      'Dr. Lee and Mr. J. Smith owe 3.50 dollars.',
      'Yes.',
    ]);
  });

  test('cuts a long first sentence at a comma', () => {
    const clauses = split(
      'I am very sorry to hear about the accident you had last week, and I hope you are well.',
    );
    expect(clauses).toHaveLength(2);
  });

  test('loses no word and never hands out more than 301 characters, whatever comes in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'B', '.', ',', ' ', '?', '1') })),
        (pieces) => {
          const clauses = split(...pieces);
          const squeezed = (text: string) => text.replace(/\s+/g, '');
          expect(squeezed(clauses.join(''))).toBe(squeezed(pieces.join('')));
          for (const clause of clauses) expect(clause.trim().length).toBeGreaterThan(0);
          for (const clause of clauses) expect(clause.length).toBeLessThanOrEqual(301);
        },
      ),
    );
  });
});

describe('what was heard', () => {
  const clauses = [
    { text: 'One two three.', samples: 16_000, complete: true },
    { text: 'Four five six seven.', samples: 16_000, complete: true },
  ];

  test('is whole clauses and whole words of the last, by the share of its audio', () => {
    expect(heardText(clauses, 0)).toBe('');
    expect(heardText(clauses, 16_000)).toBe('One two three.');
    expect(heardText(clauses, 26_000)).toBe('One two three. Four five');
    expect(heardText(clauses, 32_000)).toBe('One two three. Four five six seven.');
  });

  test('grows with what was played and is always a beginning of the reply', () => {
    fc.assert(
      fc.property(fc.nat(40_000), fc.nat(40_000), (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)].map((played) => heardText(clauses, played));
        expect(more!.startsWith(less!)).toBe(true);
        expect('One two three. Four five six seven.'.startsWith(more!)).toBe(true);
      }),
    );
  });

  test('counts text that was shown because the voice had failed', () => {
    expect(heardText([{ text: 'Hello.', samples: 0, complete: true }], 0)).toBe('Hello.');
  });
});

describe('the playout', () => {
  test('sends the first frames at once, then keeps 20 ms pace without ever being more than 100 ms ahead', async () => {
    const sentAt: number[] = [];
    const startMs = performance.now();
    const playout = new Playout(
      () => sentAt.push(performance.now() - startMs),
      () => performance.now(),
      100,
    );
    // Small writes, as a speech engine makes them.
    for (let n = 0; n < 250; n++) playout.write(new Int16Array(64));
    expect(sentAt.length).toBeGreaterThanOrEqual(5);
    expect(sentAt.length).toBeLessThanOrEqual(6);
    await playout.allSent();
    expect(sentAt).toHaveLength(50);
    const firstMs = sentAt[0]!;
    sentAt.forEach((atMs, n) => expect(n * 20 - (atMs - firstMs)).toBeLessThanOrEqual(101));
    await playout.played();
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(999);
    expect(playout.playedSamples()).toBe(16_000);
  });

  test('hands later frames over three at a time, none later than 59 ms before its turn', () => {
    jest.useFakeTimers({ now: 0 });
    const sentAt: number[] = [];
    const playout = new Playout(
      () => sentAt.push(performance.now()),
      () => performance.now(),
      100,
    );
    playout.write(new Int16Array(320 * 20));
    const batches = (): number[] =>
      [...new Set(sentAt)].map((atMs) => sentAt.filter((other) => other === atMs).length);
    expect(sentAt).toHaveLength(5);
    jest.advanceTimersByTime(1_000);
    expect(batches()).toEqual([5, 3, 3, 3, 3, 3]);
    sentAt.forEach((atMs, n) => expect(n * 20 - atMs).toBeGreaterThanOrEqual(n < 5 ? 0 : 59));
    jest.useRealTimers();
  });

  test('sends nothing after stop and lets nobody wait', async () => {
    let sent = 0;
    const playout = new Playout(
      () => sent++,
      () => performance.now(),
      100,
    );
    playout.write(new Int16Array(16_000));
    const waiting = playout.allSent();
    playout.stop();
    playout.write(new Int16Array(16_000));
    await Promise.all([waiting, playout.played()]);
    expect(sent).toBeLessThanOrEqual(6);
  });
});

describe('the registry', () => {
  const fakeCall = (n: number) => {
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const drops: string[] = [];
    const session = {
      callId: `call_${String(n).padStart(20, '0')}`,
      finished,
      dropped: (why: string) => {
        drops.push(why);
        finish();
      },
    } as unknown as CallSession;
    return { session, finish, drops };
  };

  test('admits as many calls as there are lines, each once, and has room again when one has finished', async () => {
    const registry = createCallRegistry({ maxCalls: 2 });
    const [a, b, c] = [fakeCall(1), fakeCall(2), fakeCall(3)];
    const admit = (call: typeof a) => registry.admit(call.session.callId, () => call.session);
    expect(admit(a)).toBe(a.session);
    expect(admit(a)).toBeNull();
    expect(admit(b)).toBe(b.session);
    expect(admit(c)).toBeNull();
    a.finish();
    await a.session.finished;
    expect(admit(c)).toBe(c.session);
    expect(registry.size).toBe(2);
  });

  test('a shutdown drops every live call, so that it can be taken up again, and admits no further one', async () => {
    const registry = createCallRegistry({ maxCalls: 2 });
    const a = fakeCall(1);
    registry.admit(a.session.callId, () => a.session);
    await registry.closeAll(1_000);
    expect(a.drops).toEqual(['shutdown']);
    expect(registry.hasRoom).toBe(false);
  });
});
