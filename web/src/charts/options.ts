import { formatNumber } from "../lib/format";

/** What the library takes; it checks for itself, and its own types are larger than what is used here. */
export type ChartOption = Record<string, unknown>;

export interface ChartColors {
  text: string;
  quiet: string;
  line: string;
  paper: string;
  series: readonly string[];
}

/** What all charts have in common, below what one of them asks for. */
export function baseOption(colors: ChartColors, option: ChartOption): ChartOption {
  return {
    animation: false,
    backgroundColor: "transparent",
    color: [...colors.series],
    textStyle: { fontFamily: "Roboto, sans-serif", color: colors.quiet, fontSize: 12 },
    grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
    ...option,
    tooltip: {
      trigger: "item",
      confine: true,
      backgroundColor: colors.paper,
      borderColor: colors.line,
      textStyle: { color: colors.text, fontSize: 13 },
      ...(option.tooltip as ChartOption | undefined),
    },
  };
}

/** The ends of a range are odd numbers; round ones beside them are enough. */
const withoutEnds = { showMinLabel: false, showMaxLabel: false };

/** An axis of numbers. */
export function valueAxis(colors: ChartColors, name: string, more: ChartOption = {}): ChartOption {
  const ends = more.min !== undefined && more.min !== 0 ? withoutEnds : {};
  return {
    type: "value",
    name,
    nameLocation: "middle",
    nameGap: 30,
    nameTextStyle: { color: colors.quiet },
    axisLine: { show: false },
    axisLabel: { color: colors.quiet, hideOverlap: true, formatter: (value: number) => formatNumber(value), ...ends },
    splitLine: { lineStyle: { color: colors.line } },
    ...more,
  };
}

/** An axis of names. */
export function nameAxis(colors: ChartColors, names: readonly string[], more: ChartOption = {}): ChartOption {
  return {
    type: "category",
    data: [...names],
    axisTick: { show: false },
    axisLine: { lineStyle: { color: colors.line } },
    axisLabel: { color: colors.quiet, hideOverlap: true, width: 120, overflow: "truncate" },
    ...more,
  };
}

/** The name of the y-axis written above it, where it takes no width away. */
export const above = { nameLocation: "end", nameGap: 12, nameTextStyle: { align: "left" } } as const;

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text for a tooltip, which is HTML: names of columns and values are whatever was in someone's file. */
export const html = (text: string): string => text.replace(/[&<>"]/g, (character) => escapes[character] ?? character);
