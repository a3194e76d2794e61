/** Tasks have no external properties: the reference stands in brackets at the end of the description. */
import { z } from 'zod';
import { OutsideError } from '../../domain/failures.js';
import type { PayloadOf } from '../../domain/writes.js';
import type { ClioClient } from './client.js';
import { expectKept } from './kept.js';

type TaskPayload = PayloadOf<'clio.task.create'>;

const Task = z.object({
  id: z.number(),
  description: z.string().nullish(),
  due_at: z.string().nullish(),
  assignee: z.object({ id: z.number() }).nullish(),
});
const FIELDS = 'id,description,due_at,assignee{id}';

const marker = (reference: string): string => `[${reference}]`;
const carries = ({ description }: z.infer<typeof Task>, reference: string): boolean =>
  description?.trimEnd().endsWith(marker(reference)) ?? false;

/** @throws OutsideError `conflict` when two tasks carry the reference. */
export async function findTask(
  clio: ClioClient,
  { matterId }: TaskPayload,
  reference: string,
): Promise<string | undefined> {
  const query = { matter_id: String(matterId), query: reference, fields: FIELDS, limit: '200' };
  const own = (await clio.list('tasks', query, Task)).filter((task) => carries(task, reference));
  if (own.length > 1)
    throw new OutsideError('conflict', `Clio holds ${own.length} tasks under one HERMES reference`);
  return own[0] && String(own[0].id);
}

/** @param userId whose task it is: without somebody Clio makes none. */
export async function createTask(
  clio: ClioClient,
  { matterId, name, description, dueAt, priority }: TaskPayload,
  userId: number,
  reference: string,
): Promise<{ id: string; referenced: boolean }> {
  const data = {
    name,
    description: `${description}\n${marker(reference)}`,
    assignee: { id: userId, type: 'User' },
    matter: { id: matterId },
    priority,
    ...(dueAt !== undefined && { due_at: dueAt }),
  };
  const made = await clio.create('tasks', FIELDS, data, Task);
  const referenced = carries(made, reference);
  if (referenced)
    expectKept('task', String(made.id), {
      assignee: made.assignee?.id === userId,
      due_at: dueAt === undefined || made.due_at?.slice(0, 10) === dueAt,
    });
  return { id: String(made.id), referenced };
}
