import { useCallback, useMemo } from "react";
import { formatDuration, formatNumber, plural } from "../lib/format";
import { Chart } from "./Chart";
import { above, html, valueAxis, type ChartColors } from "./options";

export interface SpeedPoint {
  name: string;
  score: number;
  seconds: number;
  modelID: string | null;
}

interface SpeedChartProps {
  points: readonly SpeedPoint[];
  /** Points that no other beats in both, by index, the quickest first. */
  best: readonly number[];
  metric: string;
  onPick: (point: SpeedPoint) => void;
}

/** Scores against the time of predicting, which is on a logarithmic scale. */
export function SpeedChart({ points, best, metric, onPick }: SpeedChartProps) {
  const option = useCallback(
    (colors: ChartColors) => {
      const place = (point: SpeedPoint | undefined) => [Math.max(1e-4, point?.seconds ?? 0), point?.score];
      const chosen = new Set(best);
      const text = ({ dataIndex, seriesIndex }: { dataIndex: number; seriesIndex: number }) => {
        const point = points[seriesIndex === 1 ? (best[dataIndex] ?? -1) : dataIndex];
        return point
          ? `${html(point.name)}<br>${metric} ${formatNumber(point.score)}<br>${formatDuration(point.seconds)}`
          : "";
      };
      return {
        xAxis: valueAxis(colors, "Prediction time", {
          type: "log",
          axisLabel: { color: colors.quiet, hideOverlap: true, formatter: formatDuration },
        }),
        yAxis: valueAxis(colors, metric, { ...above, scale: true }),
        grid: { left: 8, right: 20, top: 36, bottom: 28, containLabel: true },
        tooltip: { formatter: text },
        series: [
          {
            type: "scatter",
            name: "Model",
            symbolSize: 10,
            cursor: "pointer",
            large: false,
            data: points.map((point, index) => ({
              value: place(point),
              itemStyle: { opacity: chosen.has(index) ? 1 : 0.5 },
            })),
          },
          {
            type: "line",
            name: "Best at its speed",
            symbolSize: 11,
            cursor: "pointer",
            itemStyle: { color: colors.series[1] },
            lineStyle: { width: 1.5, type: "dashed" },
            data: best.map((index) => place(points[index])),
          },
        ],
      };
    },
    [points, best, metric],
  );
  const data = useMemo(
    () => ({
      columns: ["Model", metric, "Prediction time"],
      rows: points.map((point) => [point.name, formatNumber(point.score), formatDuration(point.seconds)]),
    }),
    [points, metric],
  );
  return (
    <Chart
      label={`${metric} against prediction time of ${plural(points.length, "model")}`}
      option={option}
      data={data}
      height={340}
      onPick={({ seriesIndex, dataIndex }) => {
        const point = points[seriesIndex === 1 ? (best[dataIndex] ?? -1) : dataIndex];
        if (point) onPick(point);
      }}
    />
  );
}
