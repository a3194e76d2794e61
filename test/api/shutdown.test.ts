import { expect, test } from '@jest/globals';
import { Closing } from '../../src/api/shutdown.js';
import { capturingLogger } from '../support/log.js';

test('what was opened last is closed first, and neither a failure nor a hang keeps the rest open', async () => {
  const { logger, lines } = capturingLogger();
  const closing = new Closing();
  const closed: string[] = [];
  const step = (what: string, outcome: () => Promise<unknown>): void =>
    closing.add(what, 20, () => {
      closed.push(what);
      return outcome();
    });
  step('database', () => Promise.resolve());
  step('hanging', () => new Promise(() => undefined));
  step('failing', () => Promise.reject(new Error('x')));
  step('http', () => Promise.resolve());
  await closing.run(logger);
  expect(closed).toEqual(['http', 'failing', 'hanging', 'database']);
  expect(lines.map((line) => line.what)).toEqual(['failing', 'hanging']);
});
