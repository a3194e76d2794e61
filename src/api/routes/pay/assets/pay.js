/**
 * The payment page in the payer's browser. The card number and the security code are typed into frames of the gateway; this
 * script sees neither. It asks the gateway for a token and posts that token, nothing else.
 */
/* global document, window, location, fetch, setTimeout */

const POLL_MS = 1500;
/** The gateway's script is loaded with `defer`, before this module; without it there are no fields. */
const READY_WITHIN_MS = 15000;

const form = document.getElementById('pay');
if (form) takePayment(form);
else if (document.getElementById('waiting')) watch();

// A page that comes back out of the browser's cache may be long out of date.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});

function takePayment(pay) {
  const fieldset = pay.querySelector('fieldset');
  const button = document.getElementById('submit');
  const label = button.textContent;
  const progress = document.getElementById('progress');
  const fields = window.AffiniPay?.HostedFields;
  const hosted = { ready: false, fields: undefined };

  const unlock = () => {
    fieldset.disabled = false;
    button.textContent = label;
    progress.textContent = '';
  };
  const fail = (strong, text) => {
    unlock();
    const trouble = document.getElementById('trouble');
    trouble.querySelector('strong').textContent = strong;
    trouble.querySelector('span').textContent = text;
    trouble.hidden = false;
    trouble.focus();
  };
  if (!fields) {
    fail('The card fields could not be loaded.', 'Please check your connection and load this page again.');
    fieldset.disabled = true;
    return;
  }
  const css = {
    'font-family': 'system-ui, sans-serif',
    'font-size': '17px',
    color: '#16202c',
    height: '46px',
    padding: '0 12px',
  };
  hosted.fields = fields.initializeFields(
    {
      publicKey: pay.dataset.publicKey,
      fields: [
        { selector: '#card-number', input: { type: 'credit_card_number', css } },
        { selector: '#card-cvv', input: { type: 'cvv', css } },
      ],
    },
    (state) => {
      if (!state.isReady || hosted.ready) return;
      hosted.ready = true;
      unlock();
    },
  );
  setTimeout(() => {
    if (!hosted.ready)
      progress.textContent = 'The card fields are slow to load. Please wait, or load this page again.';
  }, READY_WITHIN_MS);

  pay.addEventListener('input', ({ target }) => target.removeAttribute('aria-invalid'));
  pay.addEventListener('submit', (event) => {
    event.preventDefault();
    if (fieldset.disabled) return;
    const wrong = firstMistake();
    if (wrong) {
      wrong.input.setAttribute('aria-invalid', 'true');
      fail('Please check the form.', wrong.text);
      wrong.input.focus();
      return;
    }
    for (const input of pay.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
    document.getElementById('trouble').hidden = true;
    const payer = payerOf();
    fieldset.disabled = true;
    button.textContent = 'Paying…';
    progress.textContent = 'Sending your payment. Please wait.';
    send(payer).catch(() =>
      fail(
        'Your payment was not sent.',
        'Please check the card number and the security code, and try again.',
      ),
    );
  });

  async function send(payer) {
    const token = await hosted.fields.getPaymentToken(payer);
    try {
      const answer = await fetch(location.pathname, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token: token.id }),
      });
      if (answer.status === 400) throw new Error('refused');
    } finally {
      // Whatever became of it, the server knows; the page is drawn anew from what it knows.
      location.replace(location.pathname);
    }
  }
}

const valueOf = (id) => document.getElementById(id).value.trim();

function payerOf() {
  const [month, year] = expiry();
  return { name: valueOf('name'), postal_code: valueOf('zip'), exp_month: month, exp_year: year };
}

/** `MM/YY` or `MM/YYYY`, with or without the stroke. */
function expiry() {
  const digits = valueOf('expiry').replace(/\D/g, '');
  const year = Number(digits.slice(2));
  return [Number(digits.slice(0, 2)), year < 100 ? 2000 + year : year];
}

function firstMistake() {
  const at = (id, text) => ({ input: document.getElementById(id), text });
  if (valueOf('name') === '') return at('name', 'The name on the card is missing.');
  const [month, year] = expiry();
  const isOver = new Date(year, month, 1) <= new Date();
  if (!(month >= 1 && month <= 12) || !(year >= 2000)) return at('expiry', 'Write the expiry date as MM/YY.');
  if (isOver) return at('expiry', 'The card has expired.');
  if (!/^[\dA-Za-z][\dA-Za-z -]{2,9}$/.test(valueOf('zip')))
    return at('zip', 'The billing ZIP code is missing.');
  return undefined;
}

/** Looks until something has become of it. */
async function watch() {
  const shown = document.getElementById('waiting').querySelector('.spinner') ? 'working' : 'delayed';
  const look = async () => {
    try {
      const answer = await fetch(`${location.pathname}/state`, { cache: 'no-store' });
      const { state } = await answer.json();
      if (state && state !== shown) return location.replace(location.pathname);
    } catch {
      // Away for a moment; the next look tells.
    }
    setTimeout(look, POLL_MS);
  };
  setTimeout(look, POLL_MS);
}
