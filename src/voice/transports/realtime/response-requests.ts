/**
 * A client's requests for a response. The agent answers by itself, so each asks for what comes anyway; clients send one
 * behind every typed turn and at the start. One is taken for each response, before, during or after it.
 */
export class ResponseRequests {
  /** A turn of the caller, or the call itself, waits for the agent's words. */
  #owed = true;
  /** The response that is coming has been asked for. */
  #nextAsked = false;
  #latest: { asked: boolean } | undefined;

  /** The caller has said something that will be answered. */
  owe(): void {
    this.#owed = true;
  }

  /** The agent begins to answer. */
  began(): void {
    this.#latest = { asked: this.#nextAsked };
    this.#nextAsked = false;
    this.#owed = false;
  }

  /**
   * The client asks.
   * @param callerPending something of the caller's is not understood yet. @returns false when nothing is left to ask for.
   */
  ask(callerPending: boolean): boolean {
    if (this.#owed || callerPending) {
      this.#nextAsked = true;
      return true;
    }
    if (!this.#latest || this.#latest.asked) return false;
    this.#latest.asked = true;
    return true;
  }
}
