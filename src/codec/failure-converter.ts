/**
 * Puts messages and stack traces of failures into a payload, which the codec seals; Temporal shows "Encoded failure".
 * Loaded by path: once by each client and worker, and bundled with the workflows.
 */
import { DefaultFailureConverter } from '@temporalio/common';

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
