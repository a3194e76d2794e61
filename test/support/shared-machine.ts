import { jest } from '@jest/globals';

/**
 * Tests with real servers share the machine with whatever else runs on it, which says nothing of the code. A test may
 * take longer than every wait inside it (`eventually` triples its limit), so that the wait gives up first and says
 * what it waited for. A test that loses a race all the same gets one more try, and the failure of the first is
 * printed. Tests without servers get none of this.
 */
jest.setTimeout(240_000);
jest.retryTimes(1, { logErrorsBeforeRetry: true });
