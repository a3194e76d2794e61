import { z } from 'zod';
import { controlOf, type Control } from '../../../standins/kit/control.js';
import { startStandin } from '../../../standins/kit/standin.js';
import { lawpayStandin } from '../../../standins/lawpay/server.js';

const Message = z.looseObject({
  code: z.string(),
  context: z.string().optional(),
  sub_code: z.string().optional(),
  entity_id: z.string().optional(),
});
const Body = z.looseObject({
  id: z.string().default(''),
  status: z.string().optional(),
  messages: z.array(Message).default([]),
  results: z.array(z.looseObject({ id: z.string(), type: z.string() })).default([]),
});

export interface Answer {
  status: number;
  body: z.infer<typeof Body>;
}

/** Keys and ids of the firm's accounts, as `merchant.ts` has them. */
export const operating = { id: 'operatingCardAccount01', secret: 'secret-operatingCardAccount01' };
export const trust = { id: 'trustCardAccount000001', secret: 'secret-trustCardAccount000001' };
export const trustAch = { id: 'trustAchAccount0000001' };
const publicKey = 'm_operatingCardAccount01';

export const basic = (key: string) => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;

export interface LawPayHarness {
  url: string;
  control: Control;
  /** A call with the secret key of the operating account, unless another `authorization` is given. */
  call(method: string, path: string, body?: object, authorization?: string): Promise<Answer>;
  /** A one-time token for a card number. */
  cardToken(number?: string): Promise<string>;
  /** A card charge; returns LawPay's answer. */
  charge(fields?: object, number?: string): Promise<Answer>;
  close(): Promise<void>;
}

export async function startLawPay(): Promise<LawPayHarness> {
  const running = await startStandin(lawpayStandin, { port: 0 });
  const call: LawPayHarness['call'] = async (method, path, body, authorization = basic(operating.secret)) => {
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(running.url + path, {
      method,
      headers: { authorization, ...json },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: Body.parse(await response.json()) };
  };
  const cardToken = async (number = '4242424242424242') => {
    const card = { type: 'card', number, exp_month: 12, exp_year: 2099, cvv: '123', name: 'Ann Lopez' };
    return (await call('POST', '/v1/tokens', card, basic(publicKey))).body.id;
  };
  return {
    url: running.url,
    control: controlOf(running.url),
    call,
    cardToken,
    charge: async (fields = {}, number) =>
      call('POST', '/v1/charges', { amount: 25_000, method: await cardToken(number), ...fields }),
    close: () => running.close(),
  };
}
