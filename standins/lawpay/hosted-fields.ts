import type { FastifyInstance } from 'fastify';
import { refusal } from './errors.js';

/**
 * Card fields for a page of the firm's own: a script that puts frames of ours into it. Number and security code are typed
 * into the frames and leave them for `/v1/tokens` only; the page gets a token.
 */
export function hostedFieldRoutes(app: FastifyInstance): void {
  app.get('/hostedfields/fieldGen.js', (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(script),
  );
  app.get<{ Querystring: { type?: string } }>('/hostedfields/frame', (request, reply) => {
    const field = fields[request.query.type ?? ''];
    if (field === undefined) throw refusal(404, 'resource_not_found');
    return reply.type('text/html; charset=utf-8').send(frameOf(field));
  });
}

const fields: Readonly<Record<string, { label: string; autocomplete: string; maxlength: number }>> = {
  credit_card_number: { label: 'Card number', autocomplete: 'cc-number', maxlength: 23 },
  cvv: { label: 'Security code', autocomplete: 'cc-csc', maxlength: 4 },
};

/** Runs in the firm's page. */
const script = `(() => {
  const origin = new URL(document.currentScript.src).origin;
  const initializeFields = ({ publicKey, fields }, callback) => {
    const frames = fields.map(({ selector, input }) => {
      const frame = document.createElement('iframe');
      frame.name = 'hosted-' + input.type;
      frame.title = input.type === 'cvv' ? 'Security code' : 'Card number';
      frame.src = origin + '/hostedfields/frame?type=' + input.type + '#' + encodeURIComponent(JSON.stringify(input.css || {}));
      document.querySelector(selector).append(frame);
      return frame;
    });
    let loaded = 0;
    for (const frame of frames)
      frame.addEventListener('load', () => callback({ isReady: ++loaded === frames.length, target: frame.name, fields: [] }));
    const getPaymentToken = (payer) => new Promise((resolve, reject) => {
      const id = String(Math.random());
      const listen = ({ origin: from, data }) => {
        if (from !== origin || data.id !== id) return;
        removeEventListener('message', listen);
        if (data.token) resolve(data.token); else reject(new Error('the card could not be read'));
      };
      addEventListener('message', listen);
      frames[0].contentWindow.postMessage({ id, publicKey, payer }, origin);
    });
    return { getPaymentToken };
  };
  window.AffiniPay = { HostedFields: { initializeFields } };
})();
`;

const frameOf = ({
  label,
  autocomplete,
  maxlength,
}: {
  label: string;
  autocomplete: string;
  maxlength: number;
}) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${label}</title>
<style>html,body{margin:0;height:100%}input{box-sizing:border-box;width:100%;height:100%;border:0;background:#fff;outline:0}</style>
<input aria-label="${label}" autocomplete="${autocomplete}" inputmode="numeric" maxlength="${maxlength}">
<script>
const input = document.querySelector('input');
for (const [name, value] of Object.entries(JSON.parse(decodeURIComponent(location.hash.slice(1)) || '{}')))
  if (/^[a-z-]+$/.test(name)) input.style.setProperty(name, value);
addEventListener('message', async ({ source, origin, data }) => {
  const cvv = parent.frames['hosted-cvv'].document.querySelector('input').value;
  const card = { ...data.payer, type: 'card', number: input.value.replace(/\\D/g, ''), cvv, public_key: data.publicKey };
  const answer = await fetch('/v1/tokens', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(card),
  }).catch(() => undefined);
  const token = answer && answer.ok ? { id: (await answer.json()).id } : undefined;
  source.postMessage({ id: data.id, token }, origin);
});
</script></html>`;
