import type { RealtimeServerEvent } from 'openai/resources/realtime/realtime';

type WithoutId<E> = E extends unknown ? Omit<E, 'event_id'> : never;
/** An event of the Realtime API, checked against the types that its own client reads it with. */
export type ServerEvent = WithoutId<RealtimeServerEvent>;

/** Sends an event; the id is put on. */
export type Say = (event: ServerEvent) => void;
