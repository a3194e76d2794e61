import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeMulaw } from '../../../../src/voice/audio/mulaw.js';
import { loadResampler } from '../../../../src/voice/audio/resampler.js';
import { createInboundAudio } from '../../../../src/voice/transports/twilio/inbound-audio.js';
import { MarkLedger } from '../../../../src/voice/transports/twilio/mark-ledger.js';
import { readStreamMessage, streamWriter } from '../../../../src/voice/transports/twilio/messages.js';
import { createStreamClock } from '../../../../src/voice/transports/twilio/stream-clock.js';
import { rms, tone } from '../../audio/tones.js';

beforeAll(() => loadResampler());

describe('the time line of a stream', () => {
  test('fills what was lost, leaves out what is late or came twice, and does not mind rounding', () => {
    const clock = createStreamClock();
    expect([0, 20, 80, 40, 80, 101, 119].map((at) => clock.place(at, 20))).toEqual([
      0,
      0,
      40,
      null,
      null,
      0,
      0,
    ]);
  });

  test('does not fill for minutes, and follows a sender that begins anew', () => {
    const clock = createStreamClock();
    expect([0, 9_000_000, 9_000_020, 0, 20].map((at) => clock.place(at, 20))).toEqual([0, 3_000, 0, 0, 0]);
  });

  test('gives the call the whole time line once, whatever gets lost, comes twice or overtakes', () => {
    const order = fc
      .array(fc.tuple(fc.nat(2), fc.integer({ min: -2, max: 2 })), { minLength: 5, maxLength: 60 })
      .map((fates) =>
        fates
          .flatMap(([copies, shift], n) =>
            Array.from({ length: n === 0 ? 1 : copies }, () => ({ n, at: n + shift })),
          )
          .sort((a, b) => (a.n === 0 ? -1 : a.at - b.at)),
      );
    fc.assert(
      fc.property(order, (packets) => {
        const clock = createStreamClock();
        const placed = packets.map(({ n }) => clock.place(n * 20, 20));
        const totalMs = placed.reduce<number>((sum, gap) => (gap === null ? sum : sum + gap + 20), 0);
        const firstMs = (packets[0]?.n ?? 0) * 20;
        expect(totalMs).toBe((Math.max(...packets.map((p) => p.n)) + 1) * 20 - firstMs);
      }),
    );
  });
});

describe('inbound audio', () => {
  test('becomes 20 ms frames at 16 kHz that still sound like the caller', () => {
    const audio = createInboundAudio(() => 0);
    const spoken = tone(440, 0.5, 8_000);
    const frames = Array.from({ length: 25 }, (_, n) =>
      audio.take(n * 20, encodeMulaw(spoken.subarray(n * 160, (n + 1) * 160))),
    ).flat();
    expect(frames.length).toBeGreaterThanOrEqual(24);
    expect(new Set(frames.map((frame) => frame.length))).toEqual(new Set([320]));
    for (const frame of frames.slice(2)) expect(rms(frame) / rms(spoken)).toBeCloseTo(1, 1);
    audio.close();
  });

  test('cannot be made to run far ahead of the clock', () => {
    const audio = createInboundAudio(() => 0);
    let frames = 0;
    for (let n = 0; n < 1_000; n++) frames += audio.take(n * 100_000, Buffer.alloc(160, 0xff)).length;
    expect(frames * 20).toBeLessThan(14_000);
    audio.close();
  });
});

describe('marks', () => {
  test('count what was played of one reply, in order, and only names that were given', async () => {
    const ledger = new MarkLedger();
    ledger.echoed(ledger.sent());
    const playback = ledger.open();
    const names = [ledger.sent(), ledger.sent(), ledger.sent()];
    expect(playback.playedFrames()).toBe(0);
    ledger.echoed(names[1]!);
    ledger.echoed(names[0]!);
    for (const forged of ['1.99', '2.1', '1.-1', 'one.two', '']) ledger.echoed(forged);
    expect(playback.playedFrames()).toBe(2);
    const heardOut = playback.reached(3);
    ledger.echoed(names[2]!);
    await heardOut;
    await playback.reached(3);
  });

  test('that a clear echoes prove nothing', () => {
    const ledger = new MarkLedger();
    const cut = ledger.open();
    const names = [ledger.sent(), ledger.sent()];
    ledger.echoed(names[0]!);
    ledger.cleared();
    const next = ledger.open();
    const name = ledger.sent();
    ledger.echoed(names[1]!);
    expect([cut.playedFrames(), next.playedFrames()]).toEqual([0, 0]);
    ledger.echoed(name);
    expect(next.playedFrames()).toBe(1);
  });
});

describe('messages', () => {
  test('take numbers as strings, as sent, and as numbers', () => {
    for (const timestamp of ['20', 20])
      expect(
        readStreamMessage(JSON.stringify({ event: 'media', media: { timestamp, payload: '////' } })),
      ).toEqual({
        event: 'media',
        media: { timestamp: 20, payload: '////' },
      });
  });

  test('of any shape are read without an exception', () => {
    fc.assert(fc.property(fc.json(), (text) => void readStreamMessage(text)));
    fc.assert(
      fc.property(
        fc.constantFrom('start', 'media', 'dtmf', 'mark', 'stop', 'connected', '__proto__'),
        fc.object(),
        (event, body) => void readStreamMessage(JSON.stringify({ ...body, event })),
      ),
    );
  });

  test('to a stream are JSON, whatever its id', () => {
    const writer = streamWriter('MZ"\\\u2028');
    expect(JSON.parse(writer.media(Buffer.from([255, 0])))).toEqual({
      event: 'media',
      streamSid: 'MZ"\\\u2028',
      media: { payload: '/wA=' },
    });
    expect(JSON.parse(writer.mark('1.2'))).toMatchObject({ event: 'mark', mark: { name: '1.2' } });
    expect(JSON.parse(writer.clear)).toMatchObject({ event: 'clear' });
  });
});
