/** Why a payload cannot be read. Messages name keys and firms by id and hold nothing of the payload. */

/** The key a payload was sealed under is not in the ring. */
export class PayloadKeyMissingError extends Error {
  override readonly name = 'PayloadKeyMissingError';
  constructor(
    readonly keyId: string,
    held: readonly string[],
  ) {
    super(
      `the payload key "${keyId}" is not in HERMES_PAYLOAD_KEYS, which holds ${held.map((id) => `"${id}"`).join(', ')}: add it at the end and start again`,
    );
  }
}

/** A payload of one firm in a workflow of another. */
export class PayloadOfOtherTenantError extends Error {
  override readonly name = 'PayloadOfOtherTenantError';
  constructor(
    readonly sealedFor: string,
    readonly foundWith: string,
  ) {
    super(`a payload sealed for "${sealedFor}" was found in a workflow of "${foundWith}" and is not read`);
  }
}

/** Changed, cut, relabelled, or sealed in a way this version does not know. */
export class PayloadDamagedError extends Error {
  override readonly name = 'PayloadDamagedError';
}
