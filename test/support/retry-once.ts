import { jest } from '@jest/globals';

/**
 * A test with real servers may lose a race against whatever else the machine does, which says nothing of the code.
 * It gets one more try, and the failure of the first is printed. Tests without servers get none.
 */
jest.retryTimes(1, { logErrorsBeforeRetry: true });
