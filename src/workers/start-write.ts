/** How activities start writes. Works inside activities only: it goes through their worker's client. */
import { getClient } from '@temporalio/activity';
import type { LadderPolicy } from '../domain/ladder.js';
import type { WriteRequest } from '../domain/writes.js';
import { startOnce } from '../workflows/start-once.js';

const DEADLINE_MS = 5_000;

/** Starts a write; one that was started already, running or over, is left as it is. */
export async function startWrite(request: WriteRequest, ladder: LadderPolicy): Promise<void> {
  const client = getClient();
  await client.withDeadline(Date.now() + DEADLINE_MS, () => startOnce(client, { request, ladder }));
}
