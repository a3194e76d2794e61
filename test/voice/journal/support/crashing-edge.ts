/** A process that journals turns of ten calls as fast as it can and reports each one that is safe, until it is killed. */
import { openJournal } from '../../../../src/voice/journal/journal.js';
import { call, journalDeps, turn } from './journal-kit.js';

const never = { deliver: () => new Promise<void>(() => undefined) };

async function main(directory: string): Promise<void> {
  const journal = await openJournal(journalDeps(directory, never));
  process.stdout.write('open\n');
  await Promise.all(
    Array.from({ length: 10 }, async (_, n) => {
      for (let number = 1; ; number++) {
        journal.append(call(n), turn(number));
        if (await journal.flush()) process.stdout.write(`${n} ${number}\n`);
      }
    }),
  );
}
void main(process.argv[2] ?? '');
