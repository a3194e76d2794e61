/**
 * A call session with a recorder at its ear. It wraps what the session is given (the way to the caller, the journal) and
 * the session itself, so that neither sessions nor transports know of recording. On the way of a frame it only keeps a
 * reference.
 */
import type { CallHeader } from '../ports.js';
import type { CallDeps, CallSession } from '../session/call-deps.js';
import { Tap } from './tap.js';

/** The same session, recorded as far as the caller agrees; without a recorder or rules for it, just the session. */
export function recorded(
  deps: CallDeps,
  header: CallHeader,
  create: (deps: CallDeps) => CallSession,
): CallSession {
  const { recorder, agent, journal, link } = deps;
  if (!recorder || !agent.recording) return create(deps);
  const tap = new Tap(deps, header);
  const session = create({
    ...deps,
    link: tap.listenTo(link),
    journal: {
      append(call, event) {
        journal.append(call, event);
        tap.journalled(event);
      },
    },
  });
  void session.finished.then(() => tap.close());
  return {
    callId: session.callId,
    finished: session.finished,
    start: () => session.start(),
    audio(frame) {
      tap.caller(frame);
      session.audio(frame);
    },
    typed: (text) => session.typed(text),
    pressed: (key) => session.pressed(key),
    hush: () => session.hush(),
    end: () => session.end(),
    lost: () => session.lost(),
    get isAway() {
      return session.isAway;
    },
    back: (line) => session.back(tap.listenTo(line)),
    dropped: (why) => session.dropped(why),
  };
}
