import { describe, expect, it } from '@jest/globals';
import { operations, systemOf, WriteRequest, type Operation } from '../../src/domain/writes.js';

const names = Object.keys(operations) as Operation[];

describe('the table of writes', () => {
  it('has a request schema for every operation, with the payload of its row', () => {
    const payloads = Object.fromEntries(
      WriteRequest.options.map(({ shape }) => [shape.operation.value, shape.payload]),
    );
    expect(Object.keys(payloads).sort()).toEqual([...names].sort());
    for (const name of names) expect(payloads[name]).toBe(operations[name].payload);
  });

  it('names every operation after its system', () => {
    for (const name of names) expect(name.split('.')[0]).toBe(systemOf(name));
  });
});
