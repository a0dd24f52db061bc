import { useCallback, useMemo } from "react";
import { formatInteger, formatNumber } from "../lib/format";
import { Chart } from "./Chart";
import { above, nameAxis, valueAxis, type ChartColors } from "./options";

interface HistogramChartProps {
  label: string;
  xName: string;
  edges: readonly number[];
  counts: readonly number[];
}

/** How many values lie between one edge and the next. */
export function HistogramChart({ label, xName, edges, counts }: HistogramChartProps) {
  const names = useMemo(
    () => counts.map((_count, index) => `${formatNumber(edges[index])} to ${formatNumber(edges[index + 1])}`),
    [edges, counts],
  );
  const option = useCallback(
    (colors: ChartColors) => ({
      grid: { left: 8, right: 16, top: 36, bottom: 28, containLabel: true },
      xAxis: nameAxis(
        colors,
        edges.slice(0, -1).map((edge) => formatNumber(edge)),
        {
          name: xName,
          nameLocation: "middle",
          nameGap: 30,
          nameTextStyle: { color: colors.quiet },
        },
      ),
      yAxis: valueAxis(colors, "Rows", above),
      tooltip: {
        formatter: ({ dataIndex }: { dataIndex: number }) =>
          `${names[dataIndex]}<br>${formatInteger(counts[dataIndex] ?? 0)} rows`,
      },
      series: [{ type: "bar", barCategoryGap: "4%", data: [...counts] }],
    }),
    [edges, counts, names, xName],
  );
  const data = useMemo(
    () => ({ columns: [xName, "Rows"], rows: counts.map((count, index) => [names[index], formatInteger(count)]) }),
    [counts, names, xName],
  );
  return <Chart label={label} option={option} data={data} />;
}
