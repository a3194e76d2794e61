/** The agent's policy: what the rest of the system may use. */
export { greet, nextAct } from './agent.js';
export { isVerbatim, type Act } from './act.js';
export { instructionsFor } from './instructions.js';
export { silenceAct, silenceReachOf } from './silence.js';
export { whisper } from './whisper.js';
export { permitted } from './permitted.js';
