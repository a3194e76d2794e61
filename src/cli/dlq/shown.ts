/** Answers of the dead-letter API for people. */
import { z } from 'zod';
import { type Style, table } from '../terminal/style.js';

const Counts = z.record(z.string(), z.number());
export const Stats = z.looseObject({
  parked: z.number(),
  by_priority: Counts,
  by_system: Counts,
  by_error_class: Counts,
  by_age: Counts,
  oldest_age_seconds: z.number().nullable(),
  requires_attention: z.boolean(),
  health_status: z.string(),
});

export function statsInWords(stats: z.infer<typeof Stats>, style: Style): string[] {
  const { parked, health_status: health, requires_attention: urgent, oldest_age_seconds: oldest } = stats;
  if (parked === 0) return [style.good('Nothing is parked.')];
  const colour = health === 'critical' ? style.bad : health === 'degraded' ? style.warn : style.good;
  const age = oldest === null ? '' : `, the oldest for ${durationOf(oldest)}`;
  return [
    `${style.bold(`${parked} parked`)}${age}: ${colour(health)}${urgent ? style.bad(', needs attention') : ''}`,
    ...table([
      ['  priority', listed(stats.by_priority)],
      ['  cause', listed(stats.by_error_class)],
      ['  system', listed(stats.by_system)],
      ['  parked for', listed(stats.by_age)],
    ]),
  ];
}

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

export const Details = z.looseObject({
  message_id: z.string(),
  operation: z.string(),
  priority: z.string(),
  state: z.string(),
  error_class: z.string().nullable(),
  error_message: z.string().nullable(),
  parked_at: z.string().nullable(),
  next_attempt_at: z.string().nullable(),
  revision: z.number(),
  attempts: z.number(),
  proposed_by: z.string().nullable(),
  external_id: z.string().nullable(),
  payload: z.unknown(),
  payload_available: z.boolean(),
  errors: z.array(
    z.object({
      attempt: z.number(),
      at: z.string(),
      error_class: z.string(),
      error_message: z.string().nullable(),
    }),
  ),
  decisions: z.array(z.object({ at: z.string(), actor: z.string(), action: z.string(), reason: z.string() })),
  history_url: z.string().nullable(),
});

export function detailsInWords(write: z.infer<typeof Details>, style: Style): string[] {
  const facts: [string, string | null | undefined][] = [
    ['operation', `${write.operation}, ${write.priority}`],
    ['cause', write.error_class && `${write.error_class}: ${write.error_message ?? ''}`],
    ['parked since', write.parked_at],
    ['next attempt', write.next_attempt_at],
    ['proposed by', write.proposed_by],
    ['record', write.external_id],
    [
      'so far',
      `${write.attempts} attempts, ${write.decisions.length} decisions (revision ${write.revision})`,
    ],
    ['payload', write.payload_available ? JSON.stringify(write.payload) : 'not to be had: no worker answers'],
    ['history', write.history_url],
  ];
  const errors = write.errors.map((e) => [`  ${e.attempt}`, e.at, e.error_class, e.error_message ?? '']);
  const decisions = write.decisions.map((d) => [`  ${d.at}`, d.actor, d.action, d.reason]);
  return [
    `${style.bold(write.message_id)}  ${stateIn(style, write.state)}`,
    ...table(facts.flatMap(([name, value]) => (value ? [[`  ${name}`, value]] : []))),
    ...(errors.length > 0 ? [style.bold('Failed attempts, latest first'), ...table(errors)] : []),
    ...(decisions.length > 0 ? [style.bold('Decisions'), ...table(decisions)] : []),
  ];
}

const stateIn = (style: Style, state: string): string =>
  state === 'done' ? style.good(state) : state === 'parked' ? style.bad(state) : style.warn(state);

/** Rows under a heading; what is CRITICAL or HIGH stands out. */
export function priorityTable(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
): string[] {
  const [first = '', ...lines] = table([heading, ...rows]);
  return [
    style.bold(first),
    ...lines.map((line, i) => {
      if (rows[i]?.includes('CRITICAL')) return style.bad(line);
      return rows[i]?.includes('HIGH') ? style.warn(line) : line;
    }),
  ];
}

/** `90` → `1 min`, `7300` → `2 h`. @param seconds not negative. */
export function durationOf(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 2 * 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} days`;
}
