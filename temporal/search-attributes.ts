import { Connection, type OperatorService } from '@temporalio/client';
import type { SearchAttributeType } from '@temporalio/common';

/** Search attributes by name, each with its type. */
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

const VISIBLE_WITHIN_MS = 15_000;

/**
 * Registers what is missing and waits until the server knows all of it. A workflow that upserts an unknown attribute
 * fails its task over and over, which looks like a hang; so this comes before any worker. Works on the dev server, the
 * test server and a real cluster; a second run changes nothing.
 * @returns names that were added.
 * @throws Error when an attribute exists with another type, or when the server does not list them within 15 s.
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
  if (missing.length === 0) return missing;
  const searchAttributes = Object.fromEntries(
    missing.map((name) => [name, wireType[attributes[name] ?? 'KEYWORD']]),
  );
  await operator.addSearchAttributes({ namespace, searchAttributes }).catch(async (error: unknown) => {
    // Another process registered them between our look and our call: fine if all are there now.
    if ((await missingFrom(operator, namespace, attributes)).length > 0) throw error;
  });
  const deadlineMs = Date.now() + VISIBLE_WITHIN_MS;
  while ((await missingFrom(operator, namespace, attributes)).length > 0) {
    if (Date.now() > deadlineMs) throw new Error(`Temporal does not list ${missing.join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return missing;
}

async function missingFrom(operator: OperatorService, namespace: string, attributes: SearchAttributeTypes) {
  const { customAttributes } = await operator.listSearchAttributes({ namespace });
  return Object.keys(attributes).filter((name) => {
    const known = customAttributes[name];
    if (known === undefined) return true;
    const wanted = attributes[name];
    if (wanted !== undefined && (known as number) !== wireType[wanted])
      throw new Error(`search attribute ${name} exists with another type than ${wanted}`);
    return false;
  });
}
