import type { ReactNode } from "react";
import { VirtualTable } from "../components/VirtualTable";

export interface TableData {
  columns: readonly string[];
  rows: readonly (readonly ReactNode[])[];
}

/** What a chart shows, in numbers. */
export function DataTable({ label, data, maxHeight }: { label: string; data: TableData; maxHeight: number }) {
  return (
    <VirtualTable
      label={label}
      columns={data.columns.map((name, index) => ({
        key: name,
        header: name,
        width: 140,
        align: index === 0 ? ("left" as const) : ("right" as const),
      }))}
      rowCount={data.rows.length}
      row={(index) => data.rows[index]}
      rowHeight={36}
      maxHeight={maxHeight}
    />
  );
}
