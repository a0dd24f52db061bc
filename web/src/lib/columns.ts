import type { Profile } from "../api/schema";
import { formatInteger, formatNumber, formatPercent } from "./format";

export type ColumnProfile = Profile["columns"][number];

export const typeTitles: Record<ColumnProfile["type"], string> = {
  integer: "Whole number",
  float: "Number",
  boolean: "Yes or no",
  date: "Date",
  datetime: "Date and time",
  categorical: "Category",
  text: "Text",
  constant: "Constant",
  id_like: "Identifier",
};

const day = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeZone: "UTC" });
const minute = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });

/** A value of a column's statistics: dates are kept as days and moments as seconds since 1970. */
export function formatValue(value: number | undefined, type: ColumnProfile["type"]): string {
  if (value === undefined) return "–";
  if (type === "date") return day.format(new Date(value * 86_400_000));
  if (type === "datetime") return minute.format(new Date(value * 1000));
  return formatNumber(value);
}

/** What is worth knowing about a column's values, in one line. */
export function summary(column: ColumnProfile, rows: number): string {
  const { type, minimum, maximum, quantiles, mean, top } = column;
  if (minimum !== undefined && maximum !== undefined) {
    const range = `${formatValue(minimum, type)} to ${formatValue(maximum, type)}`;
    if (type === "date" || type === "datetime") return range;
    const middle = quantiles?.[2];
    const parts = [range, middle === undefined ? "" : `median ${formatNumber(middle)}`];
    if (mean !== undefined) parts.push(`mean ${formatNumber(mean)}`);
    return parts.filter((part) => part !== "").join(" · ");
  }
  const [first, second] = top ?? [];
  if (!first) return "";
  if (first.count <= 1 && column.distinct > 1) return "every value once";
  const share = (entry: { value: string; count: number }) => `${entry.value} ${formatPercent(entry.count / rows, 0)}`;
  return second ? `${share(first)} · ${share(second)}` : share(first);
}

interface Warning {
  label: string;
  meaning: string;
}

const meanings: Record<ColumnProfile["warnings"][number], Warning> = {
  id_like: {
    label: "Identifier",
    meaning: "Nearly every row has a value of its own: it tells rows apart and predicts nothing.",
  },
  constant: { label: "Constant", meaning: "One value in every row: there is nothing to learn from it." },
  duplicate_column: { label: "Duplicate", meaning: "It holds the same as another column." },
  mostly_missing: { label: "Mostly missing", meaning: "Most rows have no value here." },
  ambiguous_dates: { label: "Ambiguous dates", meaning: "The order of day and month cannot be told from the values." },
  ambiguous_numbers: {
    label: "Ambiguous numbers",
    meaning: "Whether a comma separates thousands or decimals cannot be told.",
  },
};

export function warningsOf(column: ColumnProfile): Warning[] {
  return column.warnings.map((code) => {
    const known = meanings[code] ?? { label: code.replace(/_/g, " "), meaning: "" };
    if (code !== "duplicate_column" || !column.duplicate_of) return known;
    return { label: `Same as ${column.duplicate_of}`, meaning: known.meaning };
  });
}

/** What a small picture of a column shows: bars, and their sentence for who cannot see them. */
export function distribution(column: ColumnProfile): { counts: readonly number[]; text: string } | null {
  const { histogram, top, name } = column;
  if (histogram && histogram.counts.length > 0) {
    const [from, to] = [histogram.edges[0], histogram.edges.at(-1)];
    const text = `${name} from ${formatValue(from, column.type)} to ${formatValue(to, column.type)}`;
    return { counts: histogram.counts, text: `Distribution of ${text}` };
  }
  if (top && top.length > 0 && (top[0]?.count ?? 0) > 1) {
    const shown = top.slice(0, 20);
    const names = shown.slice(0, 3).map((entry) => `${entry.value} ${formatInteger(entry.count)} times`);
    return { counts: shown.map((entry) => entry.count), text: `Most frequent in ${name}: ${names.join(", ")}` };
  }
  return null;
}
