import type { Trend } from '@clerestory/protocol';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { shortDay, shortTime } from '../../ui/time.ts';
import { availabilityOf, percent } from './csv.ts';
import { lonePoints } from './trend.ts';

/** Text and room for it grow with the page, as all else does. */
const remPx = (rem: number) => rem * parseFloat(getComputedStyle(document.documentElement).fontSize);
const heightRem = 12;
const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const dayS = 86_400;
/** Times of day within a day or two, else dates; in the clock of this room. */
const timeWords = (atS: number, spanS: number): string =>
  spanS <= 2 * dayS ? shortTime(atS * 1000) : shortDay(atS * 1000);

const loneIn: uPlot.Series.Points.Filter = (plot, series) => lonePoints([...(plot.data[series] ?? [])]);

function options(width: number, lowest: number, spanS: number): uPlot.Options {
  const axis = {
    stroke: colour('--text-dim'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1 },
    font: `${remPx(0.78)}px ${colour('--font')}`,
    space: remPx(4.5),
  };
  return {
    ...{ width, height: remPx(heightRem) },
    scales: { y: { range: [lowest, 100] } },
    legend: { show: false },
    cursor: { y: false },
    axes: [
      { ...axis, size: remPx(2.4), values: (_plot, ticks) => ticks.map((tick) => timeWords(tick, spanS)) },
      {
        ...axis,
        size: remPx(3.8),
        space: remPx(1.8),
        values: (_plot, ticks) => ticks.map((tick) => `${tick} %`),
      },
    ],
    series: [
      {},
      {
        label: 'Available',
        stroke: colour('--accent'),
        fill: colour('--accent-soft'),
        width: remPx(0.125),
        spanGaps: false,
        points: { show: false, size: remPx(0.4), fill: colour('--accent'), filter: loneIn },
      },
    ],
  };
}

/** Share of the known time in which they were up, over the period. Where nothing is known there is no line. */
export function TrendChart({
  of,
  trend,
  from,
  until,
}: {
  /** What it is about, for those who do not see it. */
  of: string;
  trend: Trend;
  from: number;
  until: number;
}) {
  const box = useRef<HTMLDivElement>(null);
  const points = trend.map((step) => availabilityOf(step));
  const known = points.filter((one) => one !== null);
  useEffect(() => {
    const place = box.current;
    if (!place) return;
    const shares = trend.map((step) => {
      const share = availabilityOf(step);
      return share === null ? null : share * 100;
    });
    const least = Math.min(100, ...shares.filter((one) => one !== null));
    const lowest = Math.max(0, Math.min(90, Math.floor(least / 10) * 10));
    const data: uPlot.AlignedData = [trend.map(({ at }) => at / 1000), shares];
    const plot = new uPlot(options(place.clientWidth, lowest, (until - from) / 1000), data, place);
    const observer = new ResizeObserver(() =>
      plot.setSize({ width: place.clientWidth, height: remPx(heightRem) }),
    );
    observer.observe(place);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [trend, from, until]);
  const words =
    known.length === 0
      ? `${of}: nothing is known of this time.`
      : `${of}, availability over the period: lowest ${percent(Math.min(...known))}, now ${percent(points.findLast((one) => one !== null) ?? null)}.`;
  return <div ref={box} className="fleet-chart" role="img" aria-label={words} />;
}
