import { Stack, Typography } from "@mui/material";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { call } from "../../api/client";
import { asFailure, type Failure } from "../../api/failure";
import type { Dataset, Rows } from "../../api/schema";
import { FailureNotice } from "../../components/FailureNotice";
import { VirtualTable, type VirtualColumn } from "../../components/VirtualTable";
import { typeTitles } from "../../lib/columns";
import { formatInteger } from "../../lib/format";
import type { Span } from "../../lib/window";

const blockRows = 200;
type Row = Rows["rows"][number];

/** The rows of a dataset; those in view are fetched as one scrolls. */
export function RowPreview({ dataset }: { dataset: Dataset }) {
  const { id, rows: total } = dataset;
  const blocks = useRef(new Map<number, readonly Row[] | "loading">());
  const [, setVersion] = useState(0);
  const [failure, setFailure] = useState<Failure>();
  const controller = useRef<AbortController | null>(null);
  useEffect(() => {
    const held = blocks.current;
    controller.current = new AbortController();
    return () => {
      controller.current?.abort();
      held.clear();
    };
  }, [id]);

  const fetchBlock = useCallback(
    async (block: number) => {
      const signal = controller.current?.signal;
      blocks.current.set(block, "loading");
      try {
        const query = { offset: block * blockRows, limit: blockRows };
        const part = await call("getDatasetRows", { path: { id }, query, ...(signal ? { signal } : {}) });
        blocks.current.set(block, part.rows);
        setFailure(undefined);
        setVersion((before) => before + 1);
      } catch (error) {
        blocks.current.delete(block);
        if (!signal?.aborted) setFailure(asFailure(error));
      }
    },
    [id],
  );
  const onWindow = useCallback(
    ({ first, end }: Span) => {
      for (let block = Math.floor(first / blockRows); block * blockRows < end; block += 1) {
        if (!blocks.current.has(block)) void fetchBlock(block);
      }
    },
    [fetchBlock],
  );

  const columns = useMemo<readonly VirtualColumn[]>(
    () => [
      { key: "#row", header: "Row", width: 80, align: "right" },
      ...dataset.columns.map((column) => ({
        key: column.name,
        header: <span title={`${column.name}: ${typeTitles[column.type].toLowerCase()}`}>{column.name}</span>,
        width: 152,
        align: isNumeric(column.type) ? ("right" as const) : ("left" as const),
      })),
    ],
    [dataset.columns],
  );
  return (
    <Stack spacing={2}>
      {failure && (
        <FailureNotice
          failure={failure}
          title="Some rows could not be loaded"
          onRetry={() => onWindow({ first: 0, end: 1 })}
        />
      )}
      <VirtualTable
        label={`Rows of ${dataset.name}`}
        columns={columns}
        rowCount={total}
        rowHeight={38}
        onWindow={onWindow}
        row={(index) => {
          const block = blocks.current.get(Math.floor(index / blockRows));
          const row = block === undefined || block === "loading" ? undefined : block[index % blockRows];
          return row && [formatInteger(index + 1), ...dataset.columns.map((column) => show(row[column.name]))];
        }}
      />
      <Typography variant="caption" sx={{ color: "text.secondary" }}>
        {formatInteger(total)} rows in the order of the file. Empty cells are missing values.
      </Typography>
    </Stack>
  );
}

const isNumeric = (type: string) => type === "integer" || type === "float";

function show(value: Row[string] | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  return typeof value === "boolean" ? (value ? "true" : "false") : value;
}
