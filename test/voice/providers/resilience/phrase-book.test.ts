import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TextToSpeech } from '../../../../src/voice/ports.js';
import {
  createPhraseBook,
  type PhraseBook,
  type PhraseBookOptions,
} from '../../../../src/voice/providers/resilience/phrase-book.js';
import { eventually } from '../../../support/eventually.js';
import { silentLogger } from '../../../support/log.js';
import { down, hang, voice } from './support.js';

let directory = '';
const books: PhraseBook[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hermes-phrases-'));
});
afterEach(async () => {
  await Promise.all(books.splice(0).map((book) => book.close()));
  await rm(directory, { recursive: true, force: true });
});

const broken = (): TextToSpeech => voice(9, 1, { afterChars: 0, how: () => Promise.reject(down('tts')) });

function bookOf(engines: PhraseBookOptions['engines'], more: Partial<PhraseBookOptions> = {}): PhraseBook {
  const book = createPhraseBook({
    phrases: ['One moment.'],
    engines,
    voiceId: 'a',
    directory,
    logger: silentLogger,
    ...more,
  });
  books.push(book);
  return book;
}
const audioOf = (book: PhraseBook, text = 'One moment.'): Promise<Int16Array> =>
  eventually(() => book.audioOf(text), { withinMs: 3_000, everyMs: 5, what: `the audio of ${text}` });

test('a start during an outage has the audio of an earlier start, of the same voice only', async () => {
  const made = await audioOf(bookOf(() => [voice(7, 3)]));
  expect(made).toHaveLength('One moment.'.length * 3);
  expect(await audioOf(bookOf(() => [broken()]))).toEqual(made);
  const other = bookOf(() => [broken(), voice(5, 3)], { voiceId: 'b' });
  expect((await audioOf(other))[0]).toBe(5);
});

test('what a stand-in had to say is not kept for the voice it stood in for', async () => {
  await audioOf(bookOf(() => [broken(), voice(5, 3)]));
  expect(await readdir(directory)).toEqual([]);
});

test('an engine that is ready later makes what is missing at once, and otherwise it is tried again', async () => {
  const engines: TextToSpeech[] = [broken()];
  const told = bookOf(() => engines);
  const waiting = bookOf(() => engines, { retryMs: 20, voiceId: 'b' });
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(told.audioOf('One moment.')).toBeUndefined();
  engines.push(voice(5, 3));
  told.again();
  await Promise.all([audioOf(told), audioOf(waiting)]);
});

test('greetings are learnt while calls go on; of very many the first makes room', async () => {
  const book = bookOf(() => [voice(1, 1)]);
  for (let n = 0; n <= 40; n += 1) book.learn(`Firm ${n}`);
  await audioOf(book, 'Firm 40');
  expect(book.audioOf('Firm 0')).toBeUndefined();
  expect(book.audioOf('Firm 1')).toBeDefined();
});

test('closing aborts what is being made', async () => {
  let [begun, aborted] = [false, false];
  const how = (signal: AbortSignal): Promise<never> => {
    begun = true;
    signal.addEventListener('abort', () => (aborted = true), { once: true });
    return hang(signal);
  };
  const book = bookOf(() => [voice(1, 1, { afterChars: 2, how })]);
  await eventually(() => begun, { withinMs: 3_000, everyMs: 5, what: 'the engine speaks' });
  await book.close();
  expect(aborted).toBe(true);
});
