import { expect, test } from '@jest/globals';
import { ToolUnavailableError } from '../../../temporal/binaries.js';
import { describeFailure } from '../../../src/cli/up/failure.js';
import { StackError } from '../../../src/cli/up/stack-error.js';
import { ConfigError } from '../../../src/config/load.js';

const diskFull = Object.assign(new Error('write failed'), { code: 'ENOSPC' });

test.each([
  ['a wrong setting', new ConfigError('HERMES_PORT: must be …'), 'HERMES_PORT: must be …', 78],
  ['something to mend', new StackError('It is so.', 'Do this.'), 'It is so.\n  Do this.', 1],
  ['a missing program', new ToolUnavailableError('There is no CLI.'), 'There is no CLI.', 1],
  ['a full disk', diskFull, 'The disk is full.', 1],
  ['a full disk deep down', new Error('outer', { cause: diskFull }), 'The disk is full.', 1],
  [
    'a full disk in words',
    new Error('PANIC: could not write: No space left on device'),
    'The disk is full.',
    1,
  ],
  ['anything else', new TypeError('x is not a function'), 'could not start: x is not a function', 1],
])('%s is told in one message without a stack', (_what, error, words, exitCode) => {
  const told = describeFailure(error);
  expect(told.text).toContain(words);
  expect(told.text).not.toContain('    at ');
  expect(told.exitCode).toBe(exitCode);
});
