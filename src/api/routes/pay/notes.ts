/** What a payer reads when there is nothing to fill in. */
import { purposes } from '../../../domain/payments/page.js';
import type { PageNow } from '../../pay/pay-desk.js';
import { dollars, escaped } from './frame.js';

export const working = `<section class="note" id="waiting" role="status" aria-live="polite"><div class="spinner" aria-hidden="true"></div>
<h2>We are confirming your payment</h2><p>This takes a few seconds. You may stay on this page or come back to it: you will not
be charged twice.</p></section>`;

export const delayed = (firm: string): string => `<section class="note" id="waiting" role="status">
<h2>This is taking longer than usual</h2><p>We have not heard from the payment processor yet. <strong>Please do not pay again:</strong>
${escaped(firm)} sees this payment and will make sure that you are charged once at most. You can close this page; the link
shows the result when it is known.</p></section>`;

export const paid = ({ firm, page }: PageNow): string => `<section class="note paid" role="status">
<svg aria-hidden="true" width="48" height="48" viewBox="0 0 48 48"><circle cx="24" cy="24" r="24" fill="currentColor"/><path
fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round" d="m14 25 7 7 13-15"/></svg>
<h1>Thank you. Your payment went through.</h1>
<dl class="bill"><div><dt>Paid to</dt><dd>${escaped(firm.name)}</dd></div>
<div><dt>For</dt><dd>${purposes[page.purpose]}</dd></div>
<div><dt>Reference</dt><dd>${escaped(page.pageId)}</dd></div>
<div class="sum"><dt>Amount</dt><dd>${dollars(page.deposit.amountCents)}</dd></div></dl>
<p>The firm sees your payment. You can close this page; there is nothing more to do.</p></section>`;

export const returned = (
  firm: string,
): string => `<section class="note" role="status"><h2>This payment was cancelled</h2>
<p>Nothing is charged to your card. If you did not expect this, please call ${escaped(firm)}.</p></section>`;

export const shut = (
  firm: string,
  why: 'expired' | 'attempts',
): string => `<section class="note" role="status">
<h1>${why === 'expired' ? 'This payment link has expired' : 'This payment page is closed'}</h1>
<p>${
  why === 'expired'
    ? 'Nothing was charged.'
    : 'Several cards were declined, so no more are taken here. Nothing was charged.'
} Please ask ${escaped(firm)} for a new link.</p></section>`;
