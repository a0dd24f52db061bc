import { Box } from "@mui/material";
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { windowOf, type Span } from "../lib/window";
import { tableStyle } from "./tableStyle";

export interface VirtualColumn {
  key: string;
  header: ReactNode;
  /** Pixels; the column takes more where there is room. */
  width: number;
  align?: "left" | "right";
  /** For a header that sorts. */
  sort?: "ascending" | "descending" | "none";
}

interface VirtualTableProps {
  label: string;
  columns: readonly VirtualColumn[];
  rowCount: number;
  /** The cells of a row, or undefined while they are on their way. */
  row: (index: number) => readonly ReactNode[] | undefined;
  rowKey?: (index: number) => string | number;
  isSelected?: (index: number) => boolean;
  /** Tells which rows are in view. */
  onWindow?: (span: Span) => void;
  /** Pixels; a shorter table is only as high as its rows. */
  maxHeight?: number;
  /** Pixels; all rows are of one height. */
  rowHeight?: number;
}

const headHeight = 44;

/**
 * A table of any length that keeps only the rows in view in the page, and of wide tables only the columns in view. It is a
 * real table to screen readers, which hear its true size.
 */
export function VirtualTable(props: VirtualTableProps) {
  const { label, columns, rowCount, row, maxHeight = 560, rowHeight = 44, onWindow } = props;
  const host = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, left: 0, height: maxHeight, width: 1200 });
  useLayoutEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    const measure = () =>
      setView((before) => ({
        ...before,
        height: element.clientHeight || maxHeight,
        width: element.clientWidth || 1200,
      }));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [maxHeight]);

  const rows = windowOf({ count: rowCount, size: () => rowHeight, start: view.top, length: view.height, spare: 6 });
  const size = (index: number) => columns[index]?.width ?? 0;
  const across = windowOf({ count: columns.length, size, start: view.left, length: view.width, spare: 2 });
  const shown = columns.slice(across.first, across.end);
  useEffect(() => onWindow?.({ first: rows.first, end: rows.end }), [onWindow, rows.first, rows.end]);

  const side = (pixels: number, key: string) =>
    pixels > 0 ? <td key={key} aria-hidden="true" style={{ width: pixels, padding: 0 }} /> : null;
  const gap = (pixels: number, key: string) =>
    pixels > 0 ? (
      <tr key={key} aria-hidden="true">
        <td colSpan={shown.length + 2} style={{ height: pixels, padding: 0, border: 0 }} />
      </tr>
    ) : null;

  return (
    <Box
      ref={host}
      role="group"
      aria-label={label}
      tabIndex={0}
      onScroll={(event) => {
        const { scrollTop, scrollLeft } = event.currentTarget;
        setView((before) => ({ ...before, top: scrollTop, left: scrollLeft }));
      }}
      sx={{ ...tableStyle, maxHeight, "& td": { height: rowHeight, py: 0 } }}
    >
      <table
        aria-label={label}
        aria-rowcount={rowCount + 1}
        aria-colcount={columns.length}
        style={{ minWidth: across.total, tableLayout: "fixed", width: "100%" }}
      >
        <thead>
          <tr aria-rowindex={1} style={{ height: headHeight }}>
            {side(across.before, "before")}
            {shown.map((column, index) => (
              <th
                key={column.key}
                scope="col"
                aria-colindex={across.first + index + 1}
                style={{ width: column.width, textAlign: column.align ?? "left" }}
                {...(column.sort ? { "aria-sort": column.sort } : {})}
              >
                {column.header}
              </th>
            ))}
            {side(across.after, "after")}
          </tr>
        </thead>
        <tbody>
          {gap(rows.before, "above")}
          {Array.from({ length: rows.end - rows.first }, (_unused, offset) => {
            const index = rows.first + offset;
            const cells = row(index);
            return (
              <tr
                key={props.rowKey?.(index) ?? index}
                aria-rowindex={index + 2}
                className={props.isSelected?.(index) ? "selected" : undefined}
              >
                {side(across.before, "before")}
                {shown.map((column, cell) => (
                  <td key={column.key} style={{ textAlign: column.align ?? "left" }}>
                    {cells ? cells[across.first + cell] : "…"}
                  </td>
                ))}
                {side(across.after, "after")}
              </tr>
            );
          })}
          {gap(rows.after, "below")}
        </tbody>
      </table>
    </Box>
  );
}
