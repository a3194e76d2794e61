import type { FastifyReply } from 'fastify';

/** Answers with a small page. `body` is HTML, `title` is text. */
export function html(reply: FastifyReply, title: string, body: string): FastifyReply {
  return reply
    .header('x-frame-options', 'SAMEORIGIN')
    .type('text/html; charset=utf-8')
    .send(
      `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>` +
        '<style>body{font:16px/1.6 system-ui;max-width:32rem;margin:4rem auto;padding:0 1rem}' +
        'th{text-align:left;padding-right:2rem}</style>' +
        `<h1>${escaped(title)}</h1>${body}<p><small>Stand-in for a hosted payment page. No money moves.</small></p>`,
    );
}

/** Rows of text, escaped. */
export function table(rows: readonly (readonly [string, string])[]): string {
  const cells = rows.map(([name, value]) => `<tr><th>${escaped(name)}<td>${escaped(value)}`);
  return `<table>${cells.join('')}</table>`;
}

export function payButton(action: string): string {
  return `<form method="post" action="${escaped(action)}"><button>Pay with the test card</button></form>`;
}

/** Cents as `$1.00`. */
export function dollars(cents: number): string {
  return `$${(cents / 100).toFixed(2)}`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
