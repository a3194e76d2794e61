import { createStyle } from './style.js';

/** Whether colours belong on this stream: a terminal, and nobody said NO_COLOR. */
export const wantsColour = (stream: NodeJS.WriteStream): boolean => stream.isTTY && !process.env['NO_COLOR'];

/** One line on the error output. */
export function complain(text: string): void {
  process.stderr.write(`${createStyle(wantsColour(process.stderr)).bad('✗')} ${text}\n`);
}

/** Runs a command and lets its answer be the exit code; an error is one line without a stack, and 1. */
export async function runCommand(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
