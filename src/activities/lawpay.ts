/** Activities against LawPay, served on its own task queue. */
import type { Pacer } from '../clients/pacer.js';
import { OutsideError } from '../domain/failures.js';
import { goesTo, type WriteRequest } from '../domain/writes.js';
import type { Logger } from '../telemetry/logger.js';
import type { WriteActivities } from './contracts.js';
import { chargeAdapter } from './lawpay/charges.js';
import type { LedgerDeps } from './lawpay/passage.js';
import { linkAdapter, type LinkDeps } from './lawpay/links.js';
import { createPaymentWatch } from './lawpay/watch.js';
import type { PaymentWatchActivities } from './lawpay/watch-contracts.js';
import { reversalAdapter } from './lawpay/reversals.js';
import type { WriteAdapter } from './make-once.js';
import { createPerformWrite } from './perform-write.js';
import type { GateDeps } from './write-gate.js';

export interface LawPayDeps extends Omit<LedgerDeps, 'alerts' | 'outbox'>, LinkDeps {
  logger: Logger;
  gate: GateDeps;
}

export function createLawPayActivities(deps: LawPayDeps): WriteActivities & PaymentWatchActivities {
  return {
    ...createPaymentWatch({ ...deps, alerts: deps.gate.alerts }),
    performWrite: createPerformWrite({
      pool: deps.pool,
      box: deps.box,
      logger: deps.logger,
      gate: deps.gate,
      // A payment request lives in our own table, which does not lag; charges wait for LawPay's index themselves.
      settleMs: 0,
      adapterFor: (request, signal, pacer) => Promise.resolve(adapterFor(deps, request, signal, pacer)),
    }),
  };
}

function adapterFor(
  deps: LawPayDeps,
  request: WriteRequest,
  signal: AbortSignal,
  pacer: Pacer,
): WriteAdapter {
  if (!goesTo('lawpay', request))
    throw new OutsideError('internal', `${request.operation} arrived on LawPay’s queue`);
  const { alerts, outbox } = deps.gate;
  const ledger: LedgerDeps = { ...deps, alerts, outbox };
  switch (request.operation) {
    case 'lawpay.paymentRequest.create':
      return linkAdapter(deps, request, signal, pacer);
    case 'lawpay.charge.create':
      return chargeAdapter(ledger, request, signal, pacer);
    case 'lawpay.charge.reverse':
      return reversalAdapter(ledger, request, signal, pacer);
  }
}
