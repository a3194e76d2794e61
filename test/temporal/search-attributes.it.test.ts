import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SearchAttributeType } from '@temporalio/common';
import { Connection } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { searchAttributes } from '../../src/workflows/search-attributes.js';
import { registerSearchAttributes } from '../../temporal/search-attributes.js';
import { servers } from '../support/servers.js';

const listed = async (address: string): Promise<string[]> => {
  const connection = await Connection.connect({ address });
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: 'default',
    });
    return Object.keys(customAttributes);
  } finally {
    await connection.close();
  }
};

describe('on the dev server', () => {
  test('all of ours are there, and registering them again adds nothing', async () => {
    const { temporalAddress } = servers();
    expect(await registerSearchAttributes(temporalAddress, 'default', searchAttributes)).toEqual([]);
    expect(await listed(temporalAddress)).toEqual(expect.arrayContaining(Object.keys(searchAttributes)));
  });

  test('two processes that register the same new one at once both succeed', async () => {
    const { temporalAddress } = servers();
    const name = `Test${randomUUID().replaceAll('-', '')}`;
    const wanted = { [name]: SearchAttributeType.BOOL };
    await Promise.all([1, 2].map(() => registerSearchAttributes(temporalAddress, 'default', wanted)));
    expect(await listed(temporalAddress)).toContain(name);
  });

  test('one that exists with another type is an error that names it', async () => {
    const wanted = { HermesTenant: SearchAttributeType.INT };
    await expect(registerSearchAttributes(servers().temporalAddress, 'default', wanted)).rejects.toThrow(
      'HermesTenant exists with another type than INT',
    );
  });
});

describe('on the time-skipping server', () => {
  let environment: TestWorkflowEnvironment;
  beforeAll(async () => {
    const executable = { type: 'existing-path', path: servers().testServerPath } as const;
    environment = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  });
  afterAll(() => environment.teardown());

  test('all of ours are added, once', async () => {
    const { address } = environment;
    const added = await registerSearchAttributes(address, 'default', searchAttributes);
    expect(added.toSorted()).toEqual(Object.keys(searchAttributes).toSorted());
    expect(await registerSearchAttributes(address, 'default', searchAttributes)).toEqual([]);
  });
});
