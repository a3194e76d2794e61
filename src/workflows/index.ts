/** Everything a worker registers: each export is a workflow type. */
export { callIntake } from './callIntake.js';
export { externalWrite } from './externalWrite.js';
