/** Our payment page: `/pay/<firm>.<secret>`. No card data comes here, only the token that stands for it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { PageAddress } from '../../../domain/payments/page.js';
import type { App } from '../../app-types.js';
import type { PageNow, PayDesk } from '../../pay/pay-desk.js';
import { ProblemError } from '../../problems.js';
import { noPage, payPage, type CardFields } from './html.js';

export interface PayDeps {
  payDesk: PayDesk;
  cardFields: CardFields & {
    /** Origins that the gateway's fields load from and talk to. */
    origins: readonly string[];
  };
}

const asset = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`./assets/${name}`, import.meta.url)), 'utf8');
const assets = { 'pay.js': 'text/javascript; charset=utf-8', 'pay.css': 'text/css; charset=utf-8' } as const;

/** A token of the gateway: 22 characters, with room. A card number is never taken for one. */
const Token = z
  .string()
  .regex(/^[\w-]{10,64}$/)
  .refine((text) => !/^\d+$/.test(text), 'a token of the gateway, never a number');
const hidden = { schema: { hide: true } } as const;

export function payRoutes(app: App, { payDesk, cardFields }: PayDeps): void {
  const policy = contentPolicy(cardFields);
  const guard = (reply: FastifyReply): FastifyReply =>
    reply.headers({
      'content-security-policy': policy,
      // The address is a secret: no other site hears of it, and no cache keeps the page.
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=()',
    });
  const show = (reply: FastifyReply, now: PageNow | undefined): FastifyReply =>
    guard(reply)
      .code(now ? 200 : 404)
      .type('text/html; charset=utf-8')
      .send(now ? payPage(now, cardFields) : noPage());
  const byAddress = <T>(text: string, work: (address: z.infer<typeof PageAddress>) => Promise<T>) => {
    const address = PageAddress.safeParse(text);
    return address.success ? work(address.data) : Promise.resolve(undefined);
  };

  for (const [name, type] of Object.entries(assets)) {
    const content = asset(name);
    app.get(`/pay/assets/${name}`, hidden, (_request, reply) =>
      reply.header('cache-control', 'public, max-age=300').type(type).send(content),
    );
  }
  app.get<{ Params: { address: string } }>('/pay/:address', hidden, async (request, reply) =>
    show(reply, await byAddress(request.params.address, (address) => payDesk.look(address))),
  );
  app.get<{ Params: { address: string } }>('/pay/:address/state', hidden, async (request, reply) => {
    const now = await byAddress(request.params.address, (address) => payDesk.look(address));
    if (!now) throw new ProblemError('not_found');
    return guard(reply).send({ state: now.state.kind });
  });
  app.post(
    '/pay/:address',
    {
      schema: {
        hide: true,
        params: z.object({ address: z.string() }),
        body: z.strictObject({ token: Token }),
      },
    },
    async (request, reply) => {
      // Pages of other sites cannot make a browser say this; nor do they know the address.
      const site = request.headers['sec-fetch-site'];
      if (site !== undefined && site !== 'same-origin') throw new ProblemError('forbidden');
      const { token } = request.body;
      const now = await byAddress(request.params.address, (address) => payDesk.pay(address, token));
      if (!now) throw new ProblemError('not_found');
      return guard(reply).send({ state: now.state.kind });
    },
  );
}

/** Ours and the gateway's, nothing else: no inline script or style, no frame around us, no form that posts anywhere. */
function contentPolicy({ script, origins }: PayDeps['cardFields']): string {
  const gateway = [...new Set([new URL(script).origin, ...origins])].join(' ');
  return [
    "default-src 'none'",
    `script-src 'self' ${new URL(script).origin}`,
    "style-src 'self'",
    'img-src data:',
    `connect-src 'self' ${gateway}`,
    `frame-src ${gateway}`,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
