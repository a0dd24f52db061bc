import { useCallback, useMemo } from "react";
import { formatNumber } from "../lib/format";
import { Chart } from "./Chart";
import { above, valueAxis, type ChartColors } from "./options";

export interface Curve {
  name: string;
  x: readonly number[];
  y: readonly number[];
  /** Drawn as steps, as dots alone, or as a thin dashed line for comparison. */
  look?: "line" | "step" | "dots" | "reference";
}

interface CurveChartProps {
  label: string;
  xName: string;
  yName: string;
  curves: readonly Curve[];
  /** A point to stand out, such as the threshold chosen. */
  mark?: { x: number; y: number } | undefined;
  /** Both axes from 0 to 1. */
  isUnit?: boolean;
  height?: number;
}

/** Curves over an axis of numbers. */
export function CurveChart({ label, xName, yName, curves, mark, isUnit = false, height = 300 }: CurveChartProps) {
  const option = useCallback(
    (colors: ChartColors) => {
      const ends = isUnit ? { min: 0, max: 1 } : { scale: true };
      const named = curves.filter((curve) => curve.look !== "reference").map((curve) => curve.name);
      const marks = mark
        ? [
            {
              type: "scatter",
              name: "Threshold",
              symbolSize: 14,
              z: 5,
              data: [[mark.x, mark.y]],
              itemStyle: { color: colors.series[1] },
            },
          ]
        : [];
      return {
        grid: { left: 8, right: 20, top: curves.length > 2 ? 56 : 36, bottom: 28, containLabel: true },
        legend: { show: named.length > 1, data: named, top: 0, right: 0, textStyle: { color: colors.quiet } },
        xAxis: valueAxis(colors, xName, ends),
        yAxis: valueAxis(colors, yName, { ...above, ...ends }),
        tooltip: { trigger: "axis", valueFormatter: (value: unknown) => formatNumber(Number(value)) },
        series: [...curves.map((curve) => seriesOf(curve, colors)), ...marks],
      };
    },
    [curves, mark, isUnit, xName, yName],
  );
  const data = useMemo(
    () => ({
      columns: ["Curve", xName, yName],
      rows: curves
        .filter((curve) => curve.look !== "reference")
        .flatMap((curve) => curve.x.map((x, index) => [curve.name, formatNumber(x), formatNumber(curve.y[index])])),
    }),
    [curves, xName, yName],
  );
  return <Chart label={label} option={option} data={data} height={height} />;
}

function seriesOf(curve: Curve, colors: ChartColors) {
  const isReference = curve.look === "reference";
  const isDots = curve.look === "dots";
  return {
    type: isDots ? "scatter" : "line",
    name: curve.name,
    symbolSize: 8,
    showSymbol: isDots,
    ...(curve.look === "step" ? { step: "end" } : {}),
    lineStyle: isReference ? { type: "dashed", width: 1, color: colors.quiet } : { width: 2 },
    ...(isReference ? { silent: true, itemStyle: { color: colors.quiet }, tooltip: { show: false } } : {}),
    data: curve.x.map((x, index) => [x, curve.y[index]]),
  };
}
