import { z } from 'zod';

/** An answer the API gave that was not the one we asked for, in its own words. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
}
class NotFound extends ApiRefusal {}

const Problem = z.object({
  title: z.string(),
  detail: z.string().optional(),
  action: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});

/** Asks the API and checks the answer; with a body it posts. Rejects with ApiRefusal when the API says no. */
export type Ask = <T>(schema: z.ZodType<T>, path: string, body?: unknown) => Promise<T>;

/**
 * @param baseUrl origin of the edge, e.g. `http://127.0.0.1:8080`.
 * @param token API token (JWT).
 */
export function createAsk(baseUrl: string, token: string): Ask {
  return async <T>(schema: z.ZodType<T>, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(new URL(`/api/v1${path}`, baseUrl), {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw refusal(response.status, path, answer);
    return schema.parse(answer);
  };
}

function refusal(status: number, path: string, answer: unknown): ApiRefusal {
  const problem = Problem.safeParse(answer);
  const fields = problem.data?.errors?.map(({ field, message }) => `${field}: ${message}.`) ?? [];
  const words = problem.success
    ? [problem.data.title, problem.data.detail, ...fields, problem.data.action].filter(Boolean).join(' ')
    : 'no readable answer';
  return new (status === 404 ? NotFound : ApiRefusal)(`${path}: ${status} ${words}`);
}

export function nullWhenMissing(error: unknown): null {
  if (error instanceof NotFound) return null;
  throw error;
}
