import { readFileSync } from 'node:fs';
import { controlOf, type Control } from '../../../standins/kit/control.js';
import { placeCall, type CallEvent, type CallResult } from '../caller/place-call.js';
import type { CallerScript } from '../caller/script.js';
import { utterancesOf } from '../caller/utterances.js';
import { createOperatorApi, type OperatorApi } from '../operator/api.js';
import type { Running } from '../up/running.js';

/** What a scene works with: the running stack, the API as its administrator, the outside world's ledgers. */
export interface Stage {
  running: Running;
  api: OperatorApi;
  clio: Control;
  spoken: boolean;
}

/** @throws Error when the stack has no demo firm or no Clio stand-in: the demo would write into a real firm's Clio. */
export function setStage(running: Running, spoken: boolean): Stage {
  const { tokenFile, standins } = running;
  if (tokenFile === undefined || standins.clio === undefined)
    throw new Error(
      'The demo needs the embedded Clio stand-in and token keys; unset HERMES_JWKS and CLIO_CLIENT_ID.',
    );
  return {
    running,
    api: createOperatorApi(running.api, readFileSync(tokenFile, 'utf8').trim()),
    clio: controlOf(standins.clio),
    spoken,
  };
}

/** Places a scripted call and lets it run to its end; the caller's voice is made first, so that nothing waits for it. */
export async function callScripted(
  { api, spoken }: Pick<Stage, 'api' | 'spoken'>,
  script: CallerScript,
  onEvent: (event: CallEvent) => void,
): Promise<CallResult> {
  const utterances = await utterancesOf(script, { spoken });
  const session = await api.startSession();
  return placeCall({ url: session.urls.native, token: session.token, utterances, onEvent });
}
