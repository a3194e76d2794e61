/** The payment page as HTML. Everything that changes is text, escaped; all behaviour is in one script of ours. */
import { purposes } from '../../../domain/payments/page.js';
import type { PageNow } from '../../pay/pay-desk.js';
import { dollars, escaped, frame } from './frame.js';
import { delayed, paid, returned, shut, working } from './notes.js';

/** Where the gateway's card fields come from. */
export interface CardFields {
  script: string;
  /** Subresource integrity of that script, e.g. `sha384-…`. */
  integrity?: string | undefined;
}

/** The page in the state it is in. */
export function payPage(now: PageNow, fields: CardFields): string {
  const { state, firm } = now;
  const title = (text: string): string => `${text} · ${firm.name}`;
  switch (state.kind) {
    case 'open':
      return frame(title('Secure payment'), summary(now) + form(now, state.declined), scripts(fields));
    case 'working':
      return frame(title('Working…'), summary(now) + working, `${refresh}${ours}`);
    case 'delayed':
      return frame(title('Taking longer'), summary(now) + delayed(firm.name), `${refresh}${ours}`);
    case 'paid':
      return frame(title('Paid'), paid(now));
    case 'returned':
      return frame(title('Payment returned'), summary(now) + returned(firm.name));
    case 'shut':
      return frame(title('Closed'), shut(firm.name, state.why));
  }
}

/** For an address that leads nowhere; says nothing about whether it ever did. */
export const noPage = (): string =>
  frame(
    'Payment page not found',
    `<section class="note" role="status"><h1>This payment page does not exist</h1>
<p>Please check that the whole link was copied, or ask your law firm to send it again.</p></section>`,
  );

const ours = '<script type="module" src="/pay/assets/pay.js"></script>\n';
/** Without scripts the browser looks again by itself. */
const refresh = '<noscript><meta http-equiv="refresh" content="5"></noscript>\n';

/** American numbers as Americans write them. */
const readable = (e164: string): string => e164.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3');

const scripts = ({ script, integrity }: CardFields): string => {
  const proof = integrity === undefined ? '' : ` integrity="${escaped(integrity)}" crossorigin="anonymous"`;
  return `<script src="${escaped(script)}" defer${proof}></script>\n${ours}`;
};

const summary = ({ firm, page }: PageNow): string => `<header>
<p class="firm">${escaped(firm.name)}</p>
<h1>Secure payment</h1>
<dl class="bill">
<div><dt>For</dt><dd>${purposes[page.purpose]}</dd></div>
${page.deposit.account.kind === 'trust' ? '<div><dt>Paid into</dt><dd>The firm’s client trust account</dd></div>' : ''}
<div class="sum"><dt>Amount due</dt><dd>${dollars(page.deposit.amountCents)}</dd></div>
</dl>
</header>`;

const form = ({ page, firm }: PageNow, declined: string | undefined): string => `
<div id="trouble" class="trouble" role="alert" tabindex="-1"${declined === undefined ? ' hidden' : ''}>
<strong>${declined === undefined ? '' : 'The card was not charged.'}</strong> <span>${escaped(declined ?? '')}</span></div>
<noscript><div class="trouble"><strong>This page needs JavaScript.</strong> Your card number is entered in fields that come
straight from the payment processor, and they do not work without it. Please switch it on, or call ${escaped(firm.name)} to
pay another way.</div></noscript>
<form id="pay" method="post" novalidate data-public-key="${escaped(page.publicKey)}">
<fieldset disabled>
<legend class="hidden">Card details</legend>
<div class="field" id="name-field"><label for="name">Name on card</label>
<input id="name" autocomplete="cc-name" maxlength="80" required></div>
<div class="field"><span class="label" id="number-label">Card number</span>
<div class="hosted" id="card-number" role="group" aria-labelledby="number-label"></div></div>
<div class="row">
<div class="field"><label for="expiry">Expires <span class="hint">(MM/YY)</span></label>
<input id="expiry" autocomplete="cc-exp" inputmode="numeric" maxlength="7" placeholder="MM/YY" required></div>
<div class="field"><span class="label" id="cvv-label">Security code</span>
<div class="hosted" id="card-cvv" role="group" aria-labelledby="cvv-label"></div></div>
</div>
<div class="field"><label for="zip">Billing ZIP code</label>
<input id="zip" autocomplete="postal-code" inputmode="numeric" maxlength="10" required></div>
<button id="submit" type="submit">Pay ${dollars(page.deposit.amountCents)}</button>
</fieldset>
<p id="progress" class="progress" role="status" aria-live="polite">Loading the card fields…</p>
</form>
<footer><p><svg aria-hidden="true" width="14" height="16" viewBox="0 0 14 16"><path fill="currentColor"
d="M11 7V5a4 4 0 1 0-8 0v2a2 2 0 0 0-2 2v5a2 2 0 0 0 2 2h8a2 2 0 0 0 2-2V9a2 2 0 0 0-2-2ZM5 5a2 2 0 1 1 4 0v2H5V5Z"/></svg>
Your card number goes straight to LawPay, which processes payments for law firms. ${escaped(firm.name)} does not see it and
this page does not keep it.</p>
${firm.telephone === undefined ? '' : `<p>Questions? Call <a href="tel:${escaped(firm.telephone)}">${escaped(readable(firm.telephone))}</a>.</p>`}
</footer>`;
