import type { RealtimeServerEvent } from 'openai/resources/realtime/realtime';

type WithoutId<E> = E extends unknown ? Omit<E, 'event_id'> : never;
/** An event of the Realtime API, checked against the types that its own client reads it with. */
export type ServerEvent = WithoutId<RealtimeServerEvent> | TransferEvent;

/** Ours: the API has no word for a person who takes over. Clients pass over types they do not know. */
export interface TransferEvent {
  type: 'hermes.transfer';
  /** Where the person answers, E.164. */
  to: string;
  /** For the person alone. */
  summary: string;
}

/** Sends an event; the id is put on. */
export type Say = (event: ServerEvent) => void;
