/** Response latency over calls at once, as SVG: pure, and the same for the same figures. */

export interface RampStep {
  calls: number;
  /** Milliseconds; null when nobody was answered. */
  responseLatencyMs: { p50: number; p95: number } | null;
  generator: { valid: boolean };
}

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT] = [640, 320, 60, 40, 30, 50];
const INK = '#444';
const lines = { p50: '#2a78b8', p95: '#c2542d' } as const;

/**
 * Steps in which the generator was late measured the generator: they are left out. The dashed line is twice the p95 of
 * the fewest calls, where the ramp ends.
 * @param steps in any order. @param date when they were measured.
 */
export function rampPicture(steps: readonly RampStep[], date: string): string {
  const points = steps
    .flatMap(({ calls, responseLatencyMs, generator }) =>
      responseLatencyMs && generator.valid ? [{ calls, ...responseLatencyMs }] : [],
    )
    .sort((a, b) => a.calls - b.calls);
  const doubledMs = 2 * (points[0]?.p95 ?? 0);
  const mostMs = Math.max(1, doubledMs, ...points.map(({ p95 }) => p95)) * 1.05;
  const mostCalls = Math.max(1, ...points.map(({ calls }) => calls));
  const x = (calls: number): string => (LEFT + (calls / mostCalls) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (ms: number): string => (HEIGHT - BOTTOM - (ms / mostMs) * (HEIGHT - BOTTOM - TOP)).toFixed(1);
  const label = (atX: string | number, atY: string | number, words: string, fill: string = INK): string =>
    `<text x="${atX}" y="${atY}" fill="${fill}">${words}</text>`;
  const series = (name: keyof typeof lines): string => {
    const path = points.map((point) => `${x(point.calls)},${y(point[name])}`).join(' ');
    const last = points.at(-1);
    const words = last ? label(WIDTH - RIGHT + 6, y(last[name]), name, lines[name]) : '';
    return `<polyline fill="none" stroke="${lines[name]}" stroke-width="2" points="${path}"/>${words}`;
  };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    label(LEFT, 18, `Response latency (ms) over calls on one core, ${date.slice(0, 10)}`),
    `<path d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}" fill="none" stroke="${INK}"/>`,
    `<path d="M${LEFT} ${y(doubledMs)}H${WIDTH - RIGHT}" stroke="${INK}" stroke-dasharray="4 4"/>`,
    label(
      LEFT + 8,
      Number(y(doubledMs)) - 6,
      `twice the p95 of ${points[0]?.calls ?? 0}: ${Math.round(doubledMs)} ms`,
    ),
    ...[0, 100, 200, 300, 400, 600, 800]
      .filter((ms) => ms <= mostMs)
      .map((ms) => label(LEFT - 30, Number(y(ms)) + 4, String(ms))),
    ...apart(points.map(({ calls }) => ({ calls, at: Number(x(calls)) }))).map(({ calls, at }) =>
      label(at, HEIGHT - BOTTOM + 18, String(calls)),
    ),
    series('p50'),
    series('p95'),
    '</svg>',
    '',
  ].join('\n');
}

/** Labels would lie on one another: of the steps at one place only the last is named. */
const apart = <T extends { at: number }>(labels: readonly T[]): T[] =>
  labels.filter(({ at }, n) => (labels[n + 1]?.at ?? Infinity) - at >= LABEL_WIDTH);
const LABEL_WIDTH = 24;
