import type { Pacer } from '../../src/clients/pacer.js';

/** Lets every request go at once. */
export const noPacer: Pacer = { before: () => Promise.resolve(), after: () => Promise.resolve() };
