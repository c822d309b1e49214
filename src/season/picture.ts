/** The summary as an SVG: bars of verdicts and, below, of reasons. */
import { VERDICTS_ZH } from './result-file.js';
import type { SeasonSummary } from './summary.js';

interface Bar {
  readonly label: string;
  readonly value: number;
  readonly colour: string;
}

const WIDTH = 960;
const LEFT = 420;
const RIGHT = 80;
const BAR = 20;
const STEP = 30;
/** Characters of a label; the rest is in its tooltip. */
const LABEL = 28;

const COLOURS: Readonly<Record<string, string>> = {
  APPROVED: '#2e7d32',
  NEEDS_COMMITMENT: '#0277bd',
  NEEDS_REVIEW: '#ef6c00',
  PENDING: '#757575',
  AWAITING: '#9e9d24',
  NOT_MET: '#c62828',
  REFUSED: '#6a1b9a',
};

/** Text as it stands in SVG, between tags or in an attribute. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const shortened = (text: string): string => (text.length <= LABEL ? text : `${text.slice(0, LABEL - 1)}…`);

function drawn(title: string, bars: readonly Bar[], top: number): string[] {
  const longest = Math.max(1, ...bars.map(({ value }) => value));
  const lines = bars.flatMap(({ label, value, colour }, i) => {
    const y = top + 24 + i * STEP;
    const length = Math.max(1, ((WIDTH - LEFT - RIGHT) * value) / longest);
    return [
      `  <text x="${LEFT - 10}" y="${y + 15}" text-anchor="end"><title>${escaped(label)}</title>${escaped(shortened(label))}</text>`,
      `  <rect x="${LEFT}" y="${y}" width="${length.toFixed(1)}" height="${BAR}" fill="${colour}"/>`,
      `  <text x="${(LEFT + length + 6).toFixed(1)}" y="${y + 15}">${value}</text>`,
    ];
  });
  return [`  <text x="${LEFT}" y="${top + 10}" font-weight="bold">${escaped(title)}</text>`, ...lines];
}

/** Draws a summary. It holds counts and reasons, nothing of any person. */
export function pictureOf({ rows, verdicts, reasons }: SeasonSummary, matter: string): string {
  const byVerdict = Object.entries(verdicts).map(([verdict, value]) => ({
    label: VERDICTS_ZH[verdict] ?? verdict,
    value,
    colour: COLOURS[verdict] ?? '#757575',
  }));
  const byReason = reasons.map(({ zh, count }) => ({ label: zh, value: count, colour: '#546e7a' }));
  const second = 64 + byVerdict.length * STEP + 40;
  const height = second + 40 + byReason.length * STEP;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="14" role="img">`,
    `  <title>${escaped(`${matter}: ${rows}`)}</title>`,
    `  <rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `  <text x="20" y="30" font-size="18" font-weight="bold">${escaped(`${matter}，共 ${rows} 件`)}</text>`,
    ...drawn('结论', byVerdict, 54),
    ...(byReason.length === 0 ? [] : drawn('原因', byReason, second)),
    '</svg>',
    '',
  ].join('\n');
}
