import { useCallback, useMemo } from "react";
import { formatDuration, formatInteger, formatNumber } from "../lib/format";
import { learnerTitle } from "../lib/metrics";
import type { ScorePoint } from "../lib/run";
import { Chart } from "./Chart";
import { above, html, valueAxis, type ChartColors } from "./options";

/** Every trial's score, and the best one so far, over time. */
export function ScoreChart({
  points,
  metric,
  isGreaterBetter,
}: {
  points: readonly ScorePoint[];
  metric: string;
  isGreaterBetter: boolean;
}) {
  const option = useCallback(
    (colors: ChartColors) => ({
      xAxis: valueAxis(colors, "", {
        min: 0,
        axisLabel: { color: colors.quiet, hideOverlap: true, formatter: formatDuration },
      }),
      yAxis: valueAxis(colors, metric, { ...above, ...scoreRange(points, isGreaterBetter) }),
      grid: { left: 8, right: 20, top: 36, bottom: 8, containLabel: true },
      tooltip: {
        formatter: ({ dataIndex }: { dataIndex: number }) => {
          const point = points[dataIndex];
          if (!point) return "";
          const title = html(`Trial ${point.trial + 1}, ${learnerTitle(point.learner)}`);
          return `${title}<br>${formatNumber(point.score)} after ${formatDuration(point.seconds)}`;
        },
      },
      series: [
        {
          type: "scatter",
          name: "Trial",
          symbolSize: 6,
          itemStyle: { opacity: 0.55 },
          large: points.length > 600,
          data: points.map((point) => [point.seconds, point.score]),
        },
        {
          type: "line",
          name: "Best so far",
          step: "end",
          symbol: "none",
          lineStyle: { width: 2.5 },
          itemStyle: { color: colors.series[1] },
          silent: true,
          data: points.map((point) => [point.seconds, point.best]),
        },
      ],
    }),
    [points, metric, isGreaterBetter],
  );
  const data = useMemo(
    () => ({
      columns: ["Trial", "Learner", "After", metric, "Best so far"],
      rows: points.map((point) => [
        formatInteger(point.trial + 1),
        learnerTitle(point.learner),
        formatDuration(point.seconds),
        formatNumber(point.score),
        formatNumber(point.best),
      ]),
    }),
    [points, metric],
  );
  const last = points.at(-1);
  const label = last
    ? `${metric} of ${points.length} trials over time; the best is ${formatNumber(last.best)}`
    : `${metric} over time: no trial has ended yet`;
  return <Chart label={label} option={option} data={data} height={280} />;
}

/** Leaves out the very bad scores, which would press all others together. */
function scoreRange(
  points: readonly ScorePoint[],
  isGreaterBetter: boolean,
): { min?: number; max?: number; scale: true } {
  if (points.length < 8) return { scale: true };
  const scores = points.map((point) => point.score).sort((one, other) => one - other);
  const best = isGreaterBetter ? (scores.at(-1) as number) : (scores[0] as number);
  const poor = scores[Math.floor(scores.length * (isGreaterBetter ? 0.25 : 0.75))] as number;
  const margin = Math.abs(best - poor) * 0.15 || Math.abs(best) * 0.01 || 0.01;
  const low = Math.min(best, poor) - margin;
  const high = Math.max(best, poor) + margin;
  return { min: Number(low.toPrecision(3)), max: Number(high.toPrecision(3)), scale: true };
}
