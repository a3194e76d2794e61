import { OutsideError } from '../../../domain/failures.js';
import { ProblemError } from '../../problems.js';

/** @throws ProblemError in the place of an OutsideError, whose message names no privileged thing. */
export async function refusing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    const isRefused = ['invalid', 'conflict', 'auth'].includes(error.errorClass);
    const code = isRefused ? 'setup_refused' : 'vendor_unavailable';
    throw new ProblemError(code, `${error.message}.`, undefined, { cause: error });
  }
}
