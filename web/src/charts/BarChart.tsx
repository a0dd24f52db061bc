import { useCallback, useMemo } from "react";
import { formatNumber } from "../lib/format";
import { Chart } from "./Chart";
import { html, nameAxis, valueAxis, type ChartColors } from "./options";

export interface Bar {
  name: string;
  value: number;
  /** Where the value would be in 95 of 100 repeats. */
  interval?: readonly number[] | undefined;
}

interface BarChartProps {
  label: string;
  valueName: string;
  bars: readonly Bar[];
  /** Colours by sign: what raises and what lowers. */
  isSigned?: boolean;
}

const barHeight = 30;

/** Horizontal bars with names, the first on top. */
export function BarChart({ label, valueName, bars, isSigned = false }: BarChartProps) {
  const option = useCallback(
    (colors: ChartColors) => {
      const color = (value: number) => (isSigned && value < 0 ? colors.series[1] : colors.series[0]);
      const hasIntervals = bars.some((bar) => bar.interval);
      const text = ({ dataIndex }: { dataIndex: number }) => {
        const bar = bars[dataIndex];
        if (!bar) return "";
        const [low, high] = bar.interval ?? [];
        const range = low === undefined ? "" : `<br>${formatNumber(low)} to ${formatNumber(high)}`;
        return `${html(bar.name)}<br>${formatNumber(bar.value)}${range}`;
      };
      const whiskers = hasIntervals
        ? [
            {
              type: "custom",
              silent: true,
              z: 4,
              encode: { x: [1, 2], y: 0 },
              data: bars.map((bar, index) => [index, ...(bar.interval ?? [bar.value, bar.value])]),
              renderItem: whisker(colors.text),
            },
          ]
        : [];
      return {
        grid: { left: 8, right: 24, top: 8, bottom: 28, containLabel: true },
        xAxis: valueAxis(colors, valueName),
        yAxis: nameAxis(
          colors,
          bars.map((bar) => bar.name),
          { inverse: true, axisLabel: { color: colors.text, width: 150, overflow: "truncate", interval: 0 } },
        ),
        tooltip: { formatter: text },
        series: [
          {
            type: "bar",
            barMaxWidth: 16,
            data: bars.map((bar) => ({ value: bar.value, itemStyle: { color: color(bar.value), borderRadius: 2 } })),
          },
          ...whiskers,
        ],
      };
    },
    [bars, valueName, isSigned],
  );
  const data = useMemo(
    () => ({
      columns: ["Column", valueName, "From", "To"],
      rows: bars.map((bar) => [
        bar.name,
        formatNumber(bar.value),
        formatNumber(bar.interval?.[0]),
        formatNumber(bar.interval?.[1]),
      ]),
    }),
    [bars, valueName],
  );
  return <Chart label={label} option={option} data={data} height={Math.max(120, bars.length * barHeight + 60)} />;
}

interface Painter {
  value: (dimension: number) => number;
  coord: (point: [number, number]) => [number, number];
}

const whisker = (color: string) => (_parameters: unknown, api: Painter) => {
  const [x1, y] = api.coord([api.value(1), api.value(0)]);
  const [x2] = api.coord([api.value(2), api.value(0)]);
  const line = (ax: number, ay: number, bx: number, by: number) => ({
    type: "line",
    shape: { x1: ax, y1: ay, x2: bx, y2: by },
    style: { stroke: color, lineWidth: 1.2 },
  });
  return { type: "group", children: [line(x1, y, x2, y), line(x1, y - 4, x1, y + 4), line(x2, y - 4, x2, y + 4)] };
};
