import { stages, type TurnTiming } from '../../domain/latency.js';
import type { CallEvent } from '../caller/place-call.js';
import { table, wrap, type Style } from '../terminal/style.js';

/** Where the demo shows itself: lines of text for people, nothing at all with `--json`. */
export interface Screen {
  heading: (text: string) => void;
  line: (text?: string) => void;
  /** A line that explains, dimmed and wrapped. */
  aside: (text: string) => void;
  /** One event of a call, as it happens. */
  call: (event: CallEvent) => void;
  table: (rows: readonly (readonly string[])[]) => void;
  good: (text: string) => void;
  bad: (text: string) => void;
}

const WIDTH = 96;
const INDENT = '  ';

export function createScreen(style: Style, write: (line: string) => void): Screen {
  const indented = (lines: readonly string[]): void => lines.forEach((l) => write(INDENT + l));
  const speech = (who: string, paint: (t: string) => string, text: string): void => {
    const [first = '', ...rest] = wrap(text, WIDTH - 10);
    indented([`${paint(who.padEnd(7))} ${first}`, ...rest.map((l) => ' '.repeat(8) + l)]);
  };
  return {
    heading: (text) => {
      write('');
      write(style.bold(text));
      write(style.dim('─'.repeat(Math.min(WIDTH, text.length))));
    },
    line: (text = '') => indented([text]),
    aside: (text) => indented(wrap(text, WIDTH).map(style.dim)),
    table: (rows) => indented(table(rows)),
    good: (text) => indented([`${style.good('✓')} ${text}`]),
    bad: (text) => indented([`${style.bad('✗')} ${text}`]),
    call: (event) => {
      if (event.kind === 'heard') speech('caller', style.caller, event.text);
      else if (event.kind === 'reply') {
        speech('agent', style.agent, event.text + (event.interrupted ? ' —' : ''));
        const timing = timingLine(event.timing);
        if (timing) indented([' '.repeat(8) + style.dim(timing)]);
      } else if (event.kind === 'error') indented([style.warn(`${event.code}: ${event.message}`)]);
      else if (event.kind === 'ended')
        indented([style.dim(`the call ended (${event.reason.replaceAll('_', ' ')})`)]);
    },
  };
}

/** A screen that shows nothing, for `--json`. */
export const noScreen: Screen = {
  heading: () => undefined,
  line: () => undefined,
  aside: () => undefined,
  call: () => undefined,
  table: () => undefined,
  good: () => undefined,
  bad: () => undefined,
};

/** `reply after 843 ms = endpointing 600 + stt 131 + …`; empty for the greeting, which answers nobody. */
function timingLine(timing: TurnTiming): string {
  if (timing.total === undefined) return '';
  const parts = stages
    .filter((stage) => stage !== 'total' && stage !== 'edge' && timing[stage] !== undefined)
    .map((stage) => `${stage} ${Math.round(timing[stage] ?? 0)}`);
  return `reply after ${Math.round(timing.total)} ms = ${parts.join(' + ')}`;
}
