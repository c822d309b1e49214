/** A bar chart as SVG. */
import { escaped } from '../src/season/picture.js';

/** One bar. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** The gateway's own bar stands out. */
  readonly own: boolean;
}

const WIDTH = 760;
const LEFT = 150;
const RIGHT = 80;
const BAR = 22;
const GAP = 10;
const TOP = 44;

/**
 * Draws bars under a title; legible on light and dark pages.
 * @param order the longest first, or as they come, such as along an axis
 */
export function barChart(
  title: string,
  unit: string,
  bars: readonly Bar[],
  order: 'LONGEST_FIRST' | 'AS_GIVEN' = 'LONGEST_FIRST',
): string {
  const sorted = order === 'AS_GIVEN' ? bars : [...bars].sort((a, b) => b.value - a.value);
  const longest = Math.max(...sorted.map(({ value }) => value));
  const height = TOP + sorted.length * (BAR + GAP) + GAP;
  const lines = sorted.flatMap(({ label, value, own }, i) => {
    const y = TOP + i * (BAR + GAP);
    const length = Math.max(1, ((WIDTH - LEFT - RIGHT) * value) / longest);
    const text = y + BAR / 2 + 5;
    return [
      `  <text x="${LEFT - 8}" y="${text}" text-anchor="end">${escaped(label)}</text>`,
      `  <rect x="${LEFT}" y="${y}" width="${length.toFixed(1)}" height="${BAR}" fill="${own ? '#c0392b' : '#7f8c8d'}"/>`,
      `  <text x="${(LEFT + length + 6).toFixed(1)}" y="${text}">${Math.round(value)}</text>`,
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="14" role="img">`,
    `  <title>${escaped(title)}</title>`,
    `  <rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `  <text x="${LEFT}" y="26" font-weight="bold">${escaped(title)} (${escaped(unit)})</text>`,
    ...lines,
    '</svg>',
    '',
  ].join('\n');
}
