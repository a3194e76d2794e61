import { ToolUnavailableError } from '../../../temporal/binaries.js';
import { ConfigError } from '../../config/load.js';
import { isDiskFull, StackError } from './stack-error.js';

/** EX_CONFIG of sysexits.h. */
const CONFIG_EXIT_CODE = 78;

/**
 * An error as one message with the next step, without a stack, and the exit code it deserves.
 * @param what failed; said in front of an error that tells only what it met.
 */
export function describeFailure(
  error: unknown,
  what = 'The stack could not start',
): { text: string; exitCode: number } {
  if (error instanceof ConfigError) return { text: error.message, exitCode: CONFIG_EXIT_CODE };
  if (isDiskFull(error))
    return {
      text: 'The disk is full.\n  Free some space, or choose another disk with --data-dir.',
      exitCode: 1,
    };
  if (error instanceof StackError) return { text: `${error.message}\n  ${error.next}`, exitCode: 1 };
  if (error instanceof ToolUnavailableError) return { text: error.message, exitCode: 1 };
  const message = error instanceof Error ? error.message : String(error);
  return { text: `${what}: ${message}`, exitCode: 1 };
}
