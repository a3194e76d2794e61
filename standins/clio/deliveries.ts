import { createHmac, randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { StandinKit } from '../kit/standin.js';
import type { Collection, Stored } from './collection.js';
import type { Webhook } from './records.js';
import type { ClioSettings } from './settings.js';

interface Delivery {
  webhookId: number;
  url: string;
  body: string;
  signature: string;
  /** Answered with; 0: not at all. */
  status: number;
}

/** Longer than an honest receiver takes. */
const TIMEOUT_MS = 5_000;

/** Reports changes to whoever subscribed. Each delivery goes once; `POST /__control/redeliver` sends the last ones again. */
export class Deliveries {
  readonly #sent: Delivery[] = [];
  readonly #kit: StandinKit<ClioSettings>;
  #webhooks: Collection<Webhook> | undefined;

  constructor(app: FastifyInstance, kit: StandinKit<ClioSettings>) {
    this.#kit = kit;
    kit.onReset(() => this.#sent.splice(0));
    app.get('/__control/deliveries', () => ({ deliveries: this.#sent }));
    app.post('/__control/redeliver', async () => {
      for (const delivery of this.#sent) await this.#send(delivery);
      return { deliveries: this.#sent };
    });
  }

  /** Which subscriptions there are. */
  serve(webhooks: Collection<Webhook>): void {
    this.#webhooks = webhooks;
  }

  /** Clio's handshake: whoever repeats the secret in the answer is believed to want the deliveries. */
  async shakeHands(webhook: Webhook): Promise<void> {
    if (webhook.status !== 'pending') return;
    const secret = randomBytes(16).toString('hex');
    const body = JSON.stringify({ data: { webhook_id: webhook.id } });
    const answer = await post(webhook.url, body, { 'x-hook-secret': secret });
    const isRepeated = answer?.status === 200 && answer.headers.get('x-hook-secret') === secret;
    this.#webhooks?.update(webhook.id, {
      shared_secret: secret,
      ...(isRepeated && { status: 'enabled' as const }),
    });
  }

  /** Takes a change to a record. Nothing waits for what comes of it. */
  changed(kind: string, action: 'created' | 'updated' | 'deleted', record: Stored): void {
    const nowMs = this.#kit.clock.nowMs();
    for (const webhook of this.#webhooks?.all() ?? []) {
      // One that has run out is silent; nobody is told.
      if (webhook.status !== 'enabled' || Date.parse(webhook.expires_at) <= nowMs) continue;
      if (webhook.model !== kind || !webhook.events.includes(action)) continue;
      const id = kind === 'calendar_entry' ? String(record.id) : record.id;
      const body = JSON.stringify({
        data: { id, etag: record.etag },
        meta: { event: action, webhook_id: webhook.id },
      });
      const signature = createHmac('sha256', webhook.shared_secret)
        .update(body)
        .digest(this.#kit.settings.webhookSignature);
      const delivery = { webhookId: webhook.id, url: webhook.url, body, signature, status: 0 };
      this.#sent.push(delivery);
      void this.#send(delivery);
    }
  }

  async #send(delivery: Delivery): Promise<void> {
    const answer = await post(delivery.url, delivery.body, { 'x-hook-signature': delivery.signature });
    delivery.status = answer?.status ?? 0;
    // Whoever answers 410 wants no more.
    if (answer?.status === 410 && this.#webhooks?.find(delivery.webhookId))
      this.#webhooks.update(delivery.webhookId, { status: 'suspended' });
  }
}

const post = async (
  url: string,
  body: string,
  headers: Record<string, string>,
): Promise<Response | undefined> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => undefined);
