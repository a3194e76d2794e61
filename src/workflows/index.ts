/** Everything a worker registers: each export is a workflow type. */
export { breaker } from './breaker.js';
export { callIntake } from './callIntake.js';
export { externalWrite } from './externalWrite.js';
export { redrive } from './redrive.js';
export { reconcileWrites } from './reconcileWrites.js';
export { paymentEvents, watchPayments } from './watchPayments.js';
export { tendConnections } from './tendConnections.js';
export { sweepOutbox } from './sweepOutbox.js';
