import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/**
 * What a made-up caller says. A turn with `hears` answers an agent's turn that contains those words (see
 * `chooseUtterance`); turns without it are said in order. `voice` is a flite voice; `slt` and `rms` are recognised best.
 */
export const CallerScript = z.object({
  title: z.string().default('A caller'),
  voice: z.enum(['slt', 'rms', 'awb', 'kal']).default('slt'),
  turns: z
    .array(
      z.object({
        caller: z.string().min(1),
        hears: z.string().min(1).optional(),
        event: z.literal('caller_hangup').optional(),
      }),
    )
    .min(1, 'needs at least one turn'),
});
export type CallerScript = z.infer<typeof CallerScript>;

/**
 * Reads a script file.
 * @throws Error naming the file, the field and what it should be.
 */
export async function readScript(path: string): Promise<CallerScript> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new Error(
      `${path} is not a readable JSON file: ${error instanceof Error ? error.message : 'unknown'}`,
      { cause: error },
    );
  }
  const parsed = CallerScript.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(
    `${path}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is wrong'}. A script looks like {"title": "…", "voice": "slt", "turns": [{"caller": "Hello."}]}.`,
  );
}
