import { z } from 'zod';

const MINUTE_MS = 60_000;
/** Spans a reader may name instead of `from` and `to`. */
const spans = {
  '15m': 15 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '24h': 1_440 * MINUTE_MS,
  '7d': 10_080 * MINUTE_MS,
};
type Span = keyof typeof spans;
/** Longest window read at once; longer reports are added up from several. */
const MAX_SPAN_MS = 31 * 1_440 * MINUTE_MS;

const instant = z.iso.datetime({ offset: true });

/** Query of every report over time: `window`, or `from` and `to`. */
export const WindowQuery = z
  .object({
    window: z
      .enum(Object.keys(spans) as [Span, ...Span[]])
      .optional()
      .describe('The time up to now. Default 1h.'),
    from: instant
      .optional()
      .describe('Begin of the window; goes with `to`.')
      .meta({ examples: ['2026-11-01T00:00:00Z'] }),
    to: instant
      .optional()
      .describe('End of the window, exclusive.')
      .meta({ examples: ['2026-11-02T00:00:00Z'] }),
  })
  .superRefine(({ window, from, to }, ctx) => {
    const refuse = (field: string, message: string): void =>
      ctx.addIssue({ code: 'custom', path: [field], message });
    if (window !== undefined && (from ?? to) !== undefined) refuse('window', 'goes without `from` and `to`');
    else if ((from === undefined) !== (to === undefined))
      refuse(from ? 'to' : 'from', 'give both `from` and `to`');
    else if (from !== undefined && to !== undefined) {
      const spanMs = Date.parse(to) - Date.parse(from);
      if (spanMs <= 0) refuse('to', 'must be later than `from`');
      if (spanMs > MAX_SPAN_MS) refuse('from', 'the window may span at most 31 days');
    }
  });

/** The window asked for, widened to whole minutes because figures are kept per minute. Epoch milliseconds. */
export function windowOf(
  query: z.infer<typeof WindowQuery>,
  nowMs: number,
): { fromMs: number; toMs: number } {
  const toMs = query.to === undefined ? nowMs : Date.parse(query.to);
  const fromMs = query.from === undefined ? toMs - spans[query.window ?? '1h'] : Date.parse(query.from);
  return {
    fromMs: Math.floor(fromMs / MINUTE_MS) * MINUTE_MS,
    toMs: Math.ceil(toMs / MINUTE_MS) * MINUTE_MS,
  };
}
