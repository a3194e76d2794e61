import { ProblemError } from '../problems.js';

/**
 * @param problem what is wrong with an address that something is to be sent to; undefined: nothing.
 * @throws ProblemError `validation` naming the field
 */
export function refuseAddress(problem: string | undefined, field: string): void {
  if (problem !== undefined)
    throw new ProblemError('validation', `The address ${problem}.`, [{ field, message: problem }]);
}
