/** Sockets that are connected and configured before anybody needs them. */
import type { RealtimeSocket, SocketListener } from './realtime-socket.js';

export interface SpareSocketsOptions {
  /** Opens a socket for this listener. */
  open: (listener: SocketListener) => RealtimeSocket;
  /** Most spares at once; 0 for none. */
  cap: number;
  /** How long a spare is kept for a call that does not need it, in milliseconds. */
  maxAgeMs: number;
  /** Whether sockets come back when they have served, so that one that is taken needs no successor. */
  returned?: boolean;
  /** Milliseconds since the epoch. */
  nowMs?: () => number;
  /** How often spares are asked for a sign of life, in milliseconds. */
  checkEveryMs?: number;
}

/** A spare that died unnoticed is found after two of these, well before most proxies cut an idle socket. */
const CHECK_EVERY_MS = 10_000;
/** A session that ends sooner than this could end in the middle of an utterance. */
const EXPIRY_MARGIN_MS = 120_000;

/** The wish for a spare, of one call, and the spare. */
interface Place {
  untilMs: number;
  socket: RealtimeSocket | undefined;
}

/**
 * One place for each pickup or utterance, given up when it is used, at its greatest age, and beyond the cap: so a call has
 * one spare at most, and one that ended leaves none for longer than that age. All opening and replacing happens between
 * the turns of the event loop or at the periodic check, never while somebody takes a socket.
 */
export class SpareSockets {
  private places: Place[] = [];
  private filling: NodeJS.Immediate | undefined;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;
  private readonly nowMs: () => number;

  constructor(private readonly options: SpareSocketsOptions) {
    this.nowMs = options.nowMs ?? Date.now;
  }

  /** A call begins: it will need a socket. Returns at once. */
  prewarm(): void {
    if (this.closed || this.places.length >= this.options.cap) return;
    this.add(undefined);
    this.filling ??= setImmediate(() => {
      this.filling = undefined;
      this.fill();
    });
  }

  /** A ready spare, whose place is filled again for the call's next utterance; else a new socket. */
  take(listener: SocketListener): RealtimeSocket {
    const place = this.places.find(({ socket }) => socket?.usable && this.lasts(socket));
    const socket = place?.socket;
    if (!socket) {
      // One that still connects stays: it may hang, and the caller is speaking already.
      if (this.places.length === 0 && !this.options.returned) this.prewarm();
      return this.options.open(listener);
    }
    this.places = this.places.filter((other) => other !== place);
    if (!this.options.returned) this.prewarm();
    socket.serve(listener);
    return socket;
  }

  /** A socket that has served, and is as good as new. */
  giveBack(socket: RealtimeSocket): void {
    const full = this.closed || this.places.length >= this.options.cap;
    if (full || !socket.usable || !this.lasts(socket)) {
      socket.close();
      return;
    }
    socket.serve(keeperOf(this.add(socket)));
  }

  close(): void {
    this.closed = true;
    clearImmediate(this.filling);
    clearInterval(this.timer);
    for (const { socket } of this.places.splice(0)) socket?.close();
  }

  private add(socket: RealtimeSocket | undefined): Place {
    const place = { untilMs: this.nowMs() + this.options.maxAgeMs, socket };
    this.places.push(place);
    this.timer ??= setInterval(() => this.check(), this.options.checkEveryMs ?? CHECK_EVERY_MS).unref();
    return place;
  }

  private fill(): void {
    if (this.closed) return;
    for (const place of this.places) place.socket ??= this.options.open(keeperOf(place));
  }

  private check(): void {
    const nowMs = this.nowMs();
    const [kept, past] = split(this.places, ({ untilMs }) => untilMs > nowMs);
    this.places = kept;
    for (const { socket } of past) socket?.close();
    for (const place of kept) {
      place.socket?.check();
      if (!place.socket || this.lasts(place.socket)) continue;
      place.socket.close();
      place.socket = undefined;
    }
    this.fill();
    if (kept.length > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private lasts({ expiresAtMs }: RealtimeSocket): boolean {
    return expiresAtMs > this.nowMs() + EXPIRY_MARGIN_MS;
  }
}

/** Listens while nobody uses the socket. */
const keeperOf = (place: Place): SocketListener => ({
  ready: () => undefined,
  message(text) {
    // Whoever takes a socket must learn of a refusal: he gets a new socket, and it with that.
    if (!isError(text)) return;
    place.socket?.close();
    place.socket = undefined;
  },
  // Replaced at the next check, not at once: a server that is down is not asked again and again.
  failed: () => (place.socket = undefined),
});

/** @throws SyntaxError when it is not JSON, which is the end of the socket. */
const isError = (text: string): boolean => (JSON.parse(text) as { type?: unknown } | null)?.type === 'error';

function split<T>(all: readonly T[], wanted: (one: T) => boolean): [T[], T[]] {
  return [all.filter(wanted), all.filter((one) => !wanted(one))];
}
