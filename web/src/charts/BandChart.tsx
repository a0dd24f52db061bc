import { useCallback, useMemo } from "react";
import { formatNumber } from "../lib/format";
import { Chart } from "./Chart";
import { above, nameAxis, valueAxis, type ChartColors } from "./options";

interface BandChartProps {
  label: string;
  xName: string;
  yName: string;
  /** Where the values are: numbers, or names of categories. */
  x: readonly (number | string)[];
  middle: readonly number[];
  low?: readonly number[] | undefined;
  high?: readonly number[] | undefined;
  middleName: string;
  bandName?: string;
  second?: { name: string; y: readonly number[] } | undefined;
}

/** A line (or dots, for categories) with a band around it. */
export function BandChart(props: BandChartProps) {
  const { label, xName, yName, x, middle, low, high, middleName, bandName = "Range", second } = props;
  const isNumbers = typeof x[0] === "number";
  const option = useCallback(
    (colors: ChartColors) => {
      const at = (values: readonly number[]) => values.map((value, index) => (isNumbers ? [x[index], value] : value));
      const band = low && high && isNumbers ? [bandSeries(x as readonly number[], low, high, bandName)] : [];
      const ranges = low && high && !isNumbers ? [rangeSeries(low, high, colors.quiet)] : [];
      const look = isNumbers
        ? { type: "line", showSymbol: x.length < 40, symbolSize: 5 }
        : { type: "scatter", symbolSize: 12 };
      const names = { name: xName, nameLocation: "middle", nameGap: 30, nameTextStyle: { color: colors.quiet } };
      return {
        grid: { left: 8, right: 20, top: second ? 56 : 36, bottom: 28, containLabel: true },
        legend: {
          show: second !== undefined,
          top: 0,
          right: 0,
          data: [middleName, second?.name ?? ""],
          textStyle: { color: colors.quiet },
        },
        xAxis: isNumbers ? valueAxis(colors, xName, { scale: true }) : nameAxis(colors, x.map(String), names),
        yAxis: valueAxis(colors, yName, { ...above, scale: true }),
        tooltip: {
          trigger: "axis",
          valueFormatter: (value: unknown) => (typeof value === "number" ? formatNumber(value) : ""),
        },
        series: [
          ...band,
          ...ranges,
          {
            ...look,
            name: middleName,
            lineStyle: { width: 2 },
            itemStyle: { color: colors.series[0] },
            data: at(middle),
          },
          ...(second
            ? [
                {
                  ...look,
                  name: second.name,
                  lineStyle: { width: 2, type: "dashed" },
                  itemStyle: { color: colors.series[1] },
                  data: at(second.y),
                },
              ]
            : []),
        ],
      };
    },
    [x, middle, low, high, second, isNumbers, xName, yName, middleName, bandName],
  );
  const data = useMemo(
    () => ({
      columns: [xName, middleName, ...(low && high ? ["From", "To"] : [])],
      rows: x.map((value, index) => [
        typeof value === "number" ? formatNumber(value) : value,
        formatNumber(middle[index]),
        ...(low && high ? [formatNumber(low[index]), formatNumber(high[index])] : []),
      ]),
    }),
    [x, middle, low, high, xName, middleName],
  );
  return <Chart label={label} option={option} data={data} />;
}

interface Painter {
  value: (dimension: number) => number;
  coord: (point: [number, number]) => [number, number];
  style: (more: Record<string, unknown>) => Record<string, unknown>;
}

/** One polygon from the lower line forth and the upper line back. */
function bandSeries(x: readonly number[], low: readonly number[], high: readonly number[], name: string) {
  const forth = x.map((value, index) => [value, low[index] as number] as [number, number]);
  const back = x.map((value, index) => [value, high[index] as number] as [number, number]).reverse();
  return {
    type: "custom",
    name,
    silent: true,
    clip: true,
    data: [...forth, ...back],
    tooltip: { show: false },
    renderItem: ({ dataIndex }: { dataIndex: number }, api: Painter) =>
      dataIndex === 0
        ? {
            type: "polygon",
            shape: { points: [...forth, ...back].map((point) => api.coord(point)) },
            style: { fill: "#7d94dd", opacity: 0.2 },
          }
        : undefined,
  };
}

function rangeSeries(low: readonly number[], high: readonly number[], color: string) {
  return {
    type: "custom",
    silent: true,
    tooltip: { show: false },
    encode: { x: 0, y: [1, 2] },
    data: low.map((value, index) => [index, value, high[index]]),
    renderItem: (_parameters: unknown, api: Painter) => {
      const [x, y1] = api.coord([api.value(0), api.value(1)]);
      const [, y2] = api.coord([api.value(0), api.value(2)]);
      return { type: "line", shape: { x1: x, y1, x2: x, y2 }, style: { stroke: color, lineWidth: 2, opacity: 0.6 } };
    },
  };
}
