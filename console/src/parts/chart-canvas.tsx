import { BarChart, LineChart, PieChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { usePreferences } from '../preferences.js';

use([BarChart, LineChart, PieChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

/** Colours in which series are drawn, by brightness: told apart without red and green. */
const COLOURS = {
  light: ['#1d4f91', '#c98a1b', '#b3261e', '#5f7f9e', '#4b8f6a', '#7a5ea8'],
  dark: ['#6ea3e4', '#e5b75a', '#e8766d', '#8da6bf', '#6fbf95', '#b197dd'],
};

/** Draws a chart. See {@link import('./chart.js').Chart}. */
export default function ChartCanvas({ option }: { readonly option: EChartsCoreOption }) {
  const { brightness } = usePreferences();
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (element.current === null) return;
    const chart = init(element.current);
    const text = brightness === 'dark' ? '#98a4b1' : '#5b6673';
    const line = brightness === 'dark' ? '#2b343f' : '#e6eaef';
    const axis = {
      axisLabel: { color: text },
      axisLine: { lineStyle: { color: line } },
      splitLine: { lineStyle: { color: line } },
    };
    const given = option as Readonly<Record<'xAxis' | 'yAxis' | 'legend', object | undefined>>;
    chart.setOption({
      color: COLOURS[brightness],
      animation: false,
      textStyle: { fontFamily: 'inherit' },
      grid: { left: 8, right: 16, top: 32, bottom: 4, containLabel: true },
      ...option,
      // Text drawn on the canvas: the page's policy forbids the style attributes of the other kind.
      tooltip: { trigger: 'axis', renderMode: 'richText', ...(option as { tooltip?: object }).tooltip },
      ...(given.xAxis === undefined ? {} : { xAxis: { ...axis, ...given.xAxis } }),
      ...(given.yAxis === undefined ? {} : { yAxis: { ...axis, ...given.yAxis } }),
      ...(given.legend === undefined ? {} : { legend: { textStyle: { color: text }, ...given.legend } }),
    });
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      chart.dispose();
    };
  }, [option, brightness]);
  return <div ref={element} className="mz-chart" aria-hidden="true" />;
}
