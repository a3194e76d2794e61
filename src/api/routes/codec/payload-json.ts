/** Payloads as JSON: proto3's mapping, bytes in base64. */
import type { Payload } from '@temporalio/common';
import { z } from 'zod';

/** More than the events of one page in Temporal UI, and than a workflow has arguments. */
const MAX_PAYLOADS = 1_000;

const Bytes = z.base64().or(z.base64url()).describe('Base64.');
const PayloadJson = z.object({
  metadata: z.record(z.string().max(200), Bytes).optional(),
  data: Bytes.optional(),
});
export const PayloadsJson = z
  .object({ payloads: z.array(PayloadJson).max(MAX_PAYLOADS).default([]) })
  .describe('Payloads as Temporal’s own tools write them.');
export type PayloadsJson = z.infer<typeof PayloadsJson>;

/** base64 also reads base64url. */
const bytes = (text: string): Uint8Array => Buffer.from(text, 'base64');
const base64 = (content: Uint8Array): string => Buffer.from(content).toString('base64');

export const payloadsOf = ({ payloads }: PayloadsJson): Payload[] =>
  payloads.map(({ metadata = {}, data }) => ({
    metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, bytes(value)])),
    ...(data !== undefined && { data: bytes(data) }),
  }));

export const jsonOf = (payloads: readonly Payload[]): PayloadsJson => ({
  payloads: payloads.map(({ metadata, data }) => ({
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)]),
    ),
    ...(data && { data: base64(data) }),
  })),
});
