import type { EChartsCoreOption } from 'echarts/core';
import { lazy, Suspense } from 'react';
import type { NamedCount } from '../api/counts.js';
import { useLanguage } from '../words.js';
import { Nothing } from './page.js';
import { shortText, useNumber } from './time.js';

const ChartCanvas = lazy(() => import('./chart-canvas.js'));

/** A chart. Its library is loaded when the first one is shown. `label` says in words what it shows. */
export function Chart({ option, label }: { readonly option: EChartsCoreOption; readonly label: string }) {
  return (
    <div role="img" aria-label={label}>
      <Suspense fallback={<div className="mz-chart" />}>
        <ChartCanvas option={option} />
      </Suspense>
    </div>
  );
}

/** Requests by step: answered, refused, failed, stacked. */
export function SeriesChart(props: {
  readonly points: readonly {
    readonly at: string;
    readonly answered: number;
    readonly refused: number;
    readonly failed: number;
  }[];
  readonly names: { readonly answered: string; readonly refused: string; readonly failed: string };
  readonly label: string;
}) {
  const language = useLanguage();
  const { points, names, label } = props;
  const series = (['answered', 'refused', 'failed'] as const).map((key) => ({
    name: names[key],
    type: 'bar',
    stack: 'all',
    barMaxWidth: 24,
    data: points.map((point) => point[key]),
  }));
  const option = {
    legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 8 },
    xAxis: { type: 'category', data: points.map(({ at }) => shortText(at, language)) },
    yAxis: { type: 'value', minInterval: 1 },
    series,
  };
  return <Chart option={option} label={label} />;
}

/** Counts by name, each in parts, as bars that lie. `parts` in their order; those that nothing has are left out. */
export function StackedBars(props: {
  readonly shares: readonly { readonly name: string; readonly verdicts: readonly NamedCount[] }[];
  readonly parts: readonly { readonly name: string; readonly text: string }[];
  readonly label: string;
}) {
  const { shares, parts, label } = props;
  const of = (share: (typeof shares)[number], part: string): number =>
    share.verdicts.find(({ name }) => name === part)?.count ?? 0;
  const series = parts
    .filter(({ name }) => shares.some((share) => of(share, name) > 0))
    .map(({ name, text }) => ({
      name: text,
      type: 'bar',
      stack: 'all',
      barMaxWidth: 18,
      data: shares.map((share) => of(share, name)),
    }));
  const option = {
    legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 8, type: 'plain' },
    grid: { left: 8, right: 16, top: 48, bottom: 4, containLabel: true },
    xAxis: { type: 'value', minInterval: 1 },
    yAxis: { type: 'category', inverse: true, data: shares.map(({ name }) => name) },
    series,
  };
  return <Chart option={option} label={label} />;
}

/** Counts by name, as bars beside their numbers: a list that is a chart too. */
export function CountBars(props: {
  readonly counts: readonly NamedCount[];
  readonly name?: (name: string) => string;
  readonly label: string;
  readonly most?: number;
}) {
  const number = useNumber();
  const shown = props.counts.slice(0, props.most ?? 8);
  if (shown.length === 0) return <Nothing />;
  const largest = Math.max(...shown.map(({ count }) => count), 1);
  return (
    <ul className="mz-bars" aria-label={props.label}>
      {shown.map(({ name, count }) => (
        <li key={name}>
          <span className="mz-bars-name" title={props.name?.(name) ?? name}>
            {props.name?.(name) ?? name}
          </span>
          <meter min={0} max={largest} value={count} aria-hidden="true" />
          <span className="mz-number">{number(count)}</span>
        </li>
      ))}
    </ul>
  );
}
