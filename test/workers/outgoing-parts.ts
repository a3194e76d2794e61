/** What tells the outside, on the parts of a test stack. */
import type { Pool } from 'pg';
import { createOutgoing, type Outgoing } from '../../src/activities/outgoing/assemble.js';
import type { SecretBox } from '../../src/activities/vendor-tokens.js';
import { createGuardedPost, type SendPost } from '../../src/clients/outgoing/guarded-post.js';
import type { Carrier } from '../../src/clients/outgoing/notice.js';
import type { LadderPolicy } from '../../src/domain/ladder.js';
import type { NoticeSystem } from '../../src/domain/writes/notice.js';
import { startWrite } from '../../src/workers/start-write.js';
import { silentLogger } from '../support/log.js';

export interface OutgoingTestOptions {
  ladder: LadderPolicy;
  disableAfterMs?: number;
  timeoutMs?: number;
  carriers?: (post: SendPost) => Partial<Record<NoticeSystem, Carrier>>;
  operator?: Partial<Record<NoticeSystem, string>>;
}

export function outgoingParts(
  { pool, box }: { pool: Pool; box: SecretBox },
  { ladder, ...options }: OutgoingTestOptions,
): Outgoing {
  const post = createGuardedPost({
    policy: { ports: [443], allowPrivate: true },
    timeoutMs: options.timeoutMs ?? 2_000,
  });
  return createOutgoing({
    ...{ pool, box, post, logger: silentLogger, start: startWrite, publicUrl: 'https://hermes.example' },
    ...{ carriers: options.carriers?.(post) ?? {}, operator: options.operator ?? {} },
    ...{ settleMs: 0, disableAfterMs: options.disableAfterMs ?? 432_000_000 },
    ladders: { delivery: ladder, notice: ladder },
  });
}
