import type { ModelSchema } from "../api/schema";
import { formatValue } from "./columns";

export type SchemaColumn = ModelSchema["columns"][number];
export type Cell = string | number | boolean | null;
/** What was typed, by column; nothing typed is a missing value. */
export type RowDraft = Record<string, string>;

export const usedColumns = (schema: ModelSchema): SchemaColumn[] =>
  schema.columns.filter((column) => column.left_out === undefined);

/** The level of the ranges that are shown with predictions, if the model has any. */
export function rangeLevel({ highest_interval }: ModelSchema): number | undefined {
  if (highest_interval === undefined) return undefined;
  return Math.min(0.9, Math.floor(highest_interval * 100) / 100) || undefined;
}

const isNumeric = (column: SchemaColumn): boolean => column.type === "integer" || column.type === "float";

/** How a column's value is asked for. */
export function fieldKind(column: SchemaColumn): "number" | "date" | "choice" | "suggestion" | "text" {
  if (isNumeric(column)) return "number";
  if (column.type === "date") return "date";
  const levels = column.levels?.length ?? 0;
  if (levels === 0) return "text";
  return levels <= 200 && (column.distinct ?? levels) <= levels ? "choice" : "suggestion";
}

/** What is usual for a column, in a few words. */
export function hintOf(column: SchemaColumn): string {
  const { minimum, maximum, median, type } = column;
  if (minimum === undefined || maximum === undefined || type === undefined) return "";
  const range = `${formatValue(minimum, type)} to ${formatValue(maximum, type)}`;
  return median === undefined ? range : `${range}, median ${formatValue(median, type)}`;
}

/** What was typed, as the row the model is asked about. */
export function rowOf(columns: readonly SchemaColumn[], draft: RowDraft): Record<string, Cell> {
  return Object.fromEntries(columns.map((column) => [column.name, cellOf(column, draft[column.name] ?? "")]));
}

function cellOf(column: SchemaColumn, text: string): Cell {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  const value = Number(trimmed.replace(",", "."));
  // What is no number goes as it is: the server then says what is wrong with it.
  return isNumeric(column) && Number.isFinite(value) ? value : text;
}

/** A row as if it had been typed. */
export function draftOf(row: Record<string, Cell>): RowDraft {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? "" : String(value)]));
}

/** What is wrong with which column, from the fields of a problem: `rows[0].Age` is Age. */
export function columnErrors(fields: readonly { field: string; message: string }[]): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { field, message } of fields) {
    const name = /^rows\[\d+\]\.(.+)$/s.exec(field)?.[1];
    if (name !== undefined) errors[name] = message;
  }
  return errors;
}

export interface Contribution {
  name: string;
  value: number;
}

/** The contributions that matter most, and the rest as one. */
export function largest(contributions: readonly Contribution[], count: number): Contribution[] {
  const order = [...contributions].sort((one, other) => Math.abs(other.value) - Math.abs(one.value));
  if (order.length <= count + 1) return order;
  const rest = order.slice(count).reduce((sum, entry) => sum + entry.value, 0);
  return [...order.slice(0, count), { name: `${order.length - count} others`, value: rest }];
}
