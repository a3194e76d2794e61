import { z } from 'zod';
import { controlOf, type Control } from '../../../standins/kit/control.js';
import { startStandin } from '../../../standins/kit/standin.js';
import { clioStandin } from '../../../standins/clio/server.js';

const Row = z.looseObject({ id: z.int().default(0) });
/** A record as answered; `id` is 0 when it was not asked for. */
type Row = z.infer<typeof Row>;
const Paging = z.object({ next: z.url().optional(), previous: z.url().optional() });
const Body = z.object({
  data: z.union([Row, z.array(Row)]).optional(),
  meta: z.object({ paging: Paging }).optional(),
  error: z.object({ type: z.string(), message: z.string() }).optional(),
});

/** What the stand-in answered, taken apart. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** `data` of a single-record answer; empty otherwise. */
  record: Record<string, unknown>;
  id: number;
  /** `data` of a list answer. */
  rows: Row[];
  paging: z.infer<typeof Paging>;
  error: { type: string; message: string } | undefined;
}

export interface ClioHarness {
  url: string;
  control: Control;
  /** A call of the API; `data` is wrapped as `{data}`. `path` is below `/api/v4`, or a full URL. */
  call(method: string, path: string, data?: object, headers?: Record<string, string>): Promise<Answer>;
  /** A new access token. */
  token(): Promise<string>;
  /** Resets the stand-in and goes on with a new token. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function startClio(): Promise<ClioHarness> {
  const running = await startStandin(clioStandin, { port: 0 });
  const control = controlOf(running.url);
  const token = async () => ((await control.post('grant')) as { access_token: string }).access_token;
  let current = await token();
  return {
    url: running.url,
    control,
    call: async (method, path, data, headers = {}) => {
      const json = data === undefined ? {} : { 'content-type': 'application/json' };
      const response = await fetch(path.startsWith('http') ? path : `${running.url}/api/v4${path}`, {
        method,
        headers: { authorization: `Bearer ${current}`, ...json, ...headers },
        ...(data === undefined ? {} : { body: JSON.stringify({ data }) }),
      });
      return answerFrom(response, await response.text());
    },
    token,
    reset: async () => {
      await control.reset();
      current = await token();
    },
    close: () => running.close(),
  };
}

function answerFrom({ status, headers }: Response, text: string): Answer {
  const { data, meta, error } = text === '' ? {} : Body.parse(JSON.parse(text));
  const rows = Array.isArray(data) ? data : [];
  const id = data && !Array.isArray(data) ? data.id : 0;
  const bare = text === '' || rows.length > 0 ? {} : (JSON.parse(text) as { data?: Record<string, unknown> });
  return { status, headers, text, record: bare.data ?? {}, id, rows, paging: meta?.paging ?? {}, error };
}
