import { Connection, isGrpcServiceError, type OperatorService } from '@temporalio/client';
import type { SearchAttributeType } from '@temporalio/common';

/** Search attributes by name, each with its type; ours are in src/workflows/search-attributes.ts. */
export type SearchAttributeTypes = Readonly<Record<string, SearchAttributeType>>;

/** Numbers of `temporal.api.enums.v1.IndexedValueType`; the SDK exports the names only. */
const wireType: Readonly<Record<SearchAttributeType, number>> = {
  TEXT: 1,
  KEYWORD: 2,
  INT: 3,
  DOUBLE: 4,
  BOOL: 5,
  DATETIME: 6,
  KEYWORD_LIST: 7,
};

/** gRPC status codes. */
const [ALREADY_EXISTS, UNIMPLEMENTED] = [6, 12];

const VISIBLE_WITHIN_MS = 15_000;
const POLL_MS = 50;

/**
 * Registers what is missing and waits until the server knows all of it. A workflow that upserts an unknown attribute
 * fails its task over and over, which looks like a hang; so this comes before any worker. Works on the dev server, the
 * test server and a real cluster; a second run changes nothing.
 * @param address host:port of the frontend.
 * @returns names that were added.
 * @throws Error when an attribute exists with another type, or when the server does not list all within 15 s.
 */
export async function registerSearchAttributes(
  address: string,
  namespace: string,
  attributes: SearchAttributeTypes,
): Promise<string[]> {
  const connection = await Connection.connect({ address, connectTimeout: 5_000 });
  try {
    return await connection.withDeadline(Date.now() + VISIBLE_WITHIN_MS, () =>
      register(connection.operatorService, namespace, attributes),
    );
  } finally {
    await connection.close();
  }
}

async function register(operator: OperatorService, namespace: string, attributes: SearchAttributeTypes) {
  const missing = await missingFrom(operator, namespace, attributes);
  if (missing?.length === 0) return missing;
  const wanted = Object.entries(attributes).filter(([name]) => missing?.includes(name) ?? true);
  const searchAttributes = Object.fromEntries(wanted.map(([name, type]) => [name, wireType[type]]));
  try {
    await operator.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    // Registered before (the test server cannot tell us) or by another process between our look and our call.
    if (!isGrpcServiceError(error) || (error.code as number) !== ALREADY_EXISTS) throw error;
    if (!missing) return [];
  }
  const deadlineMs = Date.now() + VISIBLE_WITHIN_MS;
  while ((await missingFrom(operator, namespace, attributes))?.length) {
    if (Date.now() > deadlineMs) throw new Error('Temporal does not list the search attributes it was given');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return Object.keys(searchAttributes);
}

/** Undefined when the server cannot tell: the time-skipping one has no list. */
async function missingFrom(
  operator: OperatorService,
  namespace: string,
  attributes: SearchAttributeTypes,
): Promise<string[] | undefined> {
  const answer = await operator.listSearchAttributes({ namespace }).catch((error: unknown) => {
    if (isGrpcServiceError(error) && (error.code as number) === UNIMPLEMENTED) return undefined;
    throw error;
  });
  if (!answer) return undefined;
  return Object.entries(attributes)
    .filter(([name, type]) => {
      const known = answer.customAttributes[name];
      if (known !== undefined && (known as number) !== wireType[type])
        throw new Error(`search attribute ${name} exists with another type than ${type}`);
      return known === undefined;
    })
    .map(([name]) => name);
}
