import { useCallback, useMemo } from "react";
import type { Explanation } from "../api/schema";
import { formatNumber } from "../lib/format";
import { Chart } from "./Chart";
import { html, nameAxis, valueAxis, type ChartColors } from "./options";

export type ContributionColumn = NonNullable<Explanation["contributions"]>["columns"][number];

/** Every dot is a row: how far the column moved its prediction, coloured by the column's value from low to high. */
export function SwarmChart({
  columns,
  output,
  unit,
}: {
  columns: readonly ContributionColumn[];
  output: string;
  unit: string;
}) {
  const points = useMemo(() => columns.flatMap((column, place) => dots(column, place)), [columns]);
  const option = useCallback(
    (colors: ChartColors) => ({
      grid: { left: 8, right: 24, top: 8, bottom: 28, containLabel: true },
      xAxis: valueAxis(colors, `Moves the prediction by (${unit})`, { scale: true }),
      yAxis: [
        nameAxis(
          colors,
          columns.map((column) => column.column),
          {
            inverse: true,
            axisLabel: { color: colors.text, width: 150, overflow: "truncate", interval: 0 },
          },
        ),
        { type: "value", show: false, min: 0, max: columns.length, inverse: true },
      ],
      visualMap: {
        show: false,
        dimension: 2,
        min: 0,
        max: 1,
        seriesIndex: 0,
        inRange: { color: [colors.series[0], colors.series[3], colors.series[1]] },
      },
      tooltip: {
        formatter: ({ data }: { data: readonly number[] }) => {
          const column = columns[Math.floor(data[1] ?? 0)];
          return column ? `${html(column.column)}<br>${formatNumber(data[0])}` : "";
        },
      },
      series: [{ type: "scatter", yAxisIndex: 1, symbolSize: 5, itemStyle: { opacity: 0.7 }, data: points }],
    }),
    [columns, points, unit],
  );
  const data = useMemo(
    () => ({
      columns: ["Column", "Mean size", "Least", "Most"],
      rows: columns.map((column) => [
        column.column,
        formatNumber(column.mean_absolute),
        formatNumber(Math.min(...(column.contributions ?? [0]))),
        formatNumber(Math.max(...(column.contributions ?? [0]))),
      ]),
    }),
    [columns],
  );
  const names = columns
    .slice(0, 3)
    .map((column) => column.column)
    .join(", ");
  return (
    <Chart
      label={`How columns move the prediction of ${output}; most: ${names}`}
      option={option}
      data={data}
      height={columns.length * 34 + 60}
    />
  );
}

/** Dots of one column, spread where they are dense. Missing values are in the middle of the colours. */
function dots(column: ContributionColumn, place: number): [number, number, number][] {
  const values = column.values ?? [];
  const known = values.filter((value): value is number => value !== null).sort((one, other) => one - other);
  // By rank, so that a few extreme values do not take all the colours.
  const ranks = new Map(known.map((value, index) => [value, known.length > 1 ? index / (known.length - 1) : 0.5]));
  return (column.contributions ?? []).map((x, index) => {
    const value = values[index];
    const spread = ((index * 0.6180339887) % 1) - 0.5;
    return [x, place + 0.5 + spread * 0.6, value === null || value === undefined ? 0.5 : (ranks.get(value) ?? 0.5)];
  });
}
