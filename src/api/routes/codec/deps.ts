import type { Pool } from 'pg';
import type { KeyRing } from '../../../codec/key-ring.js';

/** What the codec server stands on. */
export interface CodecDeps {
  pool: Pool;
  codec: {
    ring: KeyRing;
    /** The one whose payloads are opened here. */
    namespace: string;
    /** Origins of Temporal UIs whose pages may ask. */
    origins: readonly string[];
    /** Requests a minute of one person. */
    perPerson: number;
    /** Whether the edge is reached by TLS only, so that the cookie of a sign-in never travels in clear. */
    secureCookie: boolean;
  };
}
