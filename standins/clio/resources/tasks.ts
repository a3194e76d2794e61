import { z } from 'zod';
import { ClioRefusal, dataOf } from '../errors.js';
import { type Shape, stamped } from '../fields.js';
import type { Firm } from '../firm.js';
import type { Task } from '../records.js';
import type { Resource } from '../resource.js';
import { containsWords, reference } from './text.js';
import { matterFields, viewMatter } from './views.js';

/** Without Clio's advanced tasks only these two. */
const statuses = ['pending', 'complete'] as const;
const Body = z.object({
  name: z.string().min(1),
  description: z.string(),
  assignee: z.object({ id: z.int(), type: z.enum(['User', 'Contact']) }, 'An assignee is required'),
  matter: reference.nullish(),
  due_at: z.iso.date().nullish(),
  priority: z.enum(['High', 'Normal', 'Low']).optional(),
  status: z.enum(statuses, `Status must be one of ${statuses.join(', ')}`).optional(),
});

const shape: Shape = {
  ...stamped,
  name: true,
  description: true,
  due_at: true,
  priority: true,
  status: true,
  assignee: ['id', 'etag', 'type', 'name'],
  matter: matterFields,
};

export function tasks(firm: Firm): Resource<Task> {
  return {
    path: 'tasks',
    collection: firm.tasks,
    shape,
    view: (task) => {
      const matter = task.matterId === null ? undefined : firm.matters.find(task.matterId);
      // Written with a capital, read without.
      return {
        ...task,
        priority: task.priority.toLowerCase(),
        matter: matter ? viewMatter(firm, matter) : null,
      };
    },
    filters: {
      matter_id: ({ matterId }, value) => String(matterId) === value,
      status: ({ status }, value) => status === value,
      priority: ({ priority }, value) => priority.toLowerCase() === value,
      query: ({ name, description }, value) => containsWords([name, description], value),
    },
    write: {
      create: (request) => {
        const { matter, due_at, priority, status, ...rest } = dataOf(Body, request);
        const { id, type } = rest.assignee;
        if (!(type === 'User' ? firm.users : firm.contacts).find(id))
          throw new ClioRefusal('validation', 'Assignee does not exist');
        if (matter && !firm.matters.find(matter.id))
          throw new ClioRefusal('validation', 'Matter does not exist');
        const defaults = { priority: priority ?? 'Normal', status: status ?? 'pending' } as const;
        return { ...rest, ...defaults, matterId: matter?.id ?? null, due_at: due_at ?? null };
      },
      change: (_task, request) => {
        const { name, description, status } = dataOf(Body.partial(), request);
        return {
          ...(name !== undefined && { name }),
          ...(description !== undefined && { description }),
          ...(status !== undefined && { status }),
        };
      },
    },
  };
}
