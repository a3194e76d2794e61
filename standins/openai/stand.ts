import type { WebSocket } from 'ws';
import type { StandinKit } from '../kit/standin.js';
import type { Script } from './script.js';
import type { Settings } from './settings.js';
import type { StreamCount } from './stream-count.js';

/** What every route of this stand-in works with. */
export interface Stand extends StandinKit<Settings> {
  script: Script;
  streams: StreamCount;
  /** The realtime clients that are connected now. */
  clients: Set<WebSocket>;
}
