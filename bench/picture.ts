/** `npm run -s bench:picture < ramp.json > ramp.svg`: the ramp of `bench:voice --ramp --json` as a picture. */
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { rampPicture } from './picture/ramp-picture.js';

const Ramp = z.object({
  date: z.string(),
  ramp: z.object({
    steps: z.array(
      z.object({
        calls: z.number(),
        responseLatencyMs: z.object({ p50: z.number(), p95: z.number() }).nullable(),
        generator: z.object({ valid: z.boolean() }),
      }),
    ),
  }),
});

const input = Ramp.safeParse(
  await text(process.stdin)
    .then(JSON.parse)
    .catch(() => null),
);
if (input.success) process.stdout.write(rampPicture(input.data.ramp.steps, input.data.date));
else {
  process.stderr.write(
    'The input is no ramp: give it what `npm run -s bench:voice -- --ramp --json` prints.\n',
  );
  process.exitCode = 2;
}
