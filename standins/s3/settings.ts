import { z } from 'zod';

/** What may be changed at `POST /__control/config`. */
export const S3Settings = z.object({
  accessKeyId: z.string().default('hermes-standin'),
  secretAccessKey: z.string().default('standin-secret'),
  region: z.string().default('us-east-1'),
  bucket: z.string().default('recordings'),
  /** The smallest part but the last; S3 wants 5 MiB. */
  leastPartBytes: z
    .int()
    .positive()
    .default(5 * 1_048_576),
  /** The end of an upload in parts answers 200 with an error in its body, as S3 may. */
  joinFails: z.boolean().default(false),
});
export type S3Settings = z.infer<typeof S3Settings>;
