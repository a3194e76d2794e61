/** How the providers behave: settings of the OpenAI stand-in, and how many of their streams stall. */

export interface Profile {
  settings: {
    transcript: { firstMs: number; jitterMs: number };
    chat: { firstMs: number; jitterMs: number; gapMs: number };
    speech: { firstMs: number; jitterMs: number; gapMs: number };
  };
  /** Every so many turns one stream falls silent for good; null for never. */
  stallEveryTurns: number | null;
}

/**
 * `realistic` is 60 ms from commit to transcript, 250 ± 50 ms to the model's first token, 100 ± 25 ms to the first sound;
 * the stand-in adds 0 to `jitterMs` to `firstMs`.
 */
export const profiles = {
  instant: {
    settings: {
      transcript: { firstMs: 0, jitterMs: 0 },
      chat: { firstMs: 0, jitterMs: 0, gapMs: 0 },
      speech: { firstMs: 0, jitterMs: 0, gapMs: 0 },
    },
    stallEveryTurns: null,
  },
  realistic: {
    settings: {
      transcript: { firstMs: 60, jitterMs: 0 },
      chat: { firstMs: 200, jitterMs: 100, gapMs: 0 },
      speech: { firstMs: 75, jitterMs: 50, gapMs: 0 },
    },
    stallEveryTurns: 100,
  },
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof profiles;

const stallRoutes = ['chat', 'speech', 'realtime'] as const;

/**
 * Decides when the next stall is due and which stage it hits, each in its turn.
 * @returns a function from turns so far to the stalls to order now.
 */
export function stallSchedule(every: number | null): (turns: number) => (typeof stallRoutes)[number][] {
  let ordered = 0;
  return (turns) => {
    if (every === null) return [];
    const due: (typeof stallRoutes)[number][] = [];
    // The first after half an interval, so that a short run has its share.
    for (; (ordered + 0.5) * every <= turns; ordered++) due.push(stallRoutes[ordered % 3] ?? 'chat');
    return due;
  };
}
