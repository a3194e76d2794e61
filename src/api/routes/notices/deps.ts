import type { Pool } from 'pg';
import type { TargetPolicy } from '../../../domain/outgoing/target.js';
import type { NoticeSystem } from '../../../domain/writes/notice.js';
import type { StartWrite } from '../../start-write.js';

export interface NoticeDeps {
  pool: Pool;
  notices: {
    /** Seals addresses at rest. */
    box: { seal(plain: string, context: string): Buffer };
    /** For Slack's addresses. */
    policy: TargetPolicy;
    /** What this installation is set up to tell people with. */
    carriers: readonly NoticeSystem[];
    start: StartWrite;
  };
}
