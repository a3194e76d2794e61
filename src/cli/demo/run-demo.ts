import type { Running } from '../up/running.js';
import { showFigures } from './figures.js';
import { callDuringOutage, firstCall, type SceneResult } from './scenes.js';
import type { Screen } from './screen.js';
import { setStage } from './stage.js';
import { accidentCaller, divorceCaller } from './stories.js';

/** Everything the demo showed, for `--json`. */
export interface DemoResult {
  spoken: boolean;
  typedBecause?: string;
  firstCall: SceneResult;
  /** Absent on a stack that parks writes too late to be watched. */
  callDuringOutage?: SceneResult & { parked: string[] };
  figures: Awaited<ReturnType<typeof showFigures>>;
  links: { api: string; docs: string; temporalUi: string | undefined };
}

/** Nobody watches longer than this for a write to park. */
const LONGEST_WATCH_MS = 60_000;

/** Plays both calls on a running stack. @throws Error when something is not as it must be. */
export async function runDemo(
  running: Running,
  wish: { typed: boolean },
  screen: Screen,
): Promise<DemoResult> {
  const typedBecause = wish.typed ? '--typed was given' : running.typedOnly;
  const stage = setStage(running, typedBecause === undefined);
  screen.heading(`1. ${divorceCaller.title}`);
  screen.aside(
    typedBecause === undefined
      ? 'The caller is a synthetic voice sent as audio in real time; the words below are what was recognised.'
      : `The call is typed, because ${typedBecause}.`,
  );
  const first = await firstCall(stage, screen);
  screen.heading(`2. ${accidentCaller.title}`);
  const second = running.parksWithinMs > LONGEST_WATCH_MS ? undefined : await callDuringOutage(stage, screen);
  if (!second)
    screen.aside(
      'Not played: the stack that already runs parks a write only after a day, as in production. Stop it and run the demo by itself to see this call.',
    );
  screen.heading('3. What the replies took');
  const replies = [...first.events, ...(second?.events ?? [])].filter(
    (e) => e.kind === 'reply' && e.timing.total !== undefined,
  );
  const figures = await showFigures(stage.api, screen, replies.length);
  const links = { api: running.api, docs: `${running.api}/docs`, temporalUi: running.temporalUi };
  screen.heading('Look around');
  screen.table([
    ['API', links.docs],
    ...(links.temporalUi === undefined ? [] : [['Temporal UI', links.temporalUi]]),
    ...(running.tokenFile === undefined ? [] : [['Token', running.tokenFile]]),
  ]);
  screen.aside('These links live while the stack does: npm run demo -- --keep, or npm start.');
  return {
    spoken: stage.spoken,
    ...(typedBecause === undefined ? {} : { typedBecause }),
    firstCall: first,
    ...(second ? { callDuringOutage: second } : {}),
    figures,
    links,
  };
}
