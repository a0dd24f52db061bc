import { Box, Stack, Tooltip, Typography } from "@mui/material";
import { useMemo, useState, type ReactNode } from "react";
import type { Leaderboard } from "../../api/schema";
import { Link } from "../../components/Link";
import { NativeSelect } from "../../components/NativeSelect";
import { SortHeader } from "../../components/SortHeader";
import { VirtualTable, type VirtualColumn } from "../../components/VirtualTable";
import { formatDuration, formatNumber, plural } from "../../lib/format";
import {
  isGreaterBetter,
  metricsIn,
  scoreOn,
  sorted,
  type Entry,
  type Sort,
  type SortKey,
} from "../../lib/leaderboard";
import { learnerTitle, metricTitle } from "../../lib/metrics";
import { paths } from "../../lib/router";

interface LeaderboardPanelProps {
  board: Leaderboard | undefined;
  isRunning: boolean;
}

/** The trials and ensembles, ranked; on another metric or by another column where one asks for it. */
export function LeaderboardPanel({ board, isRunning }: LeaderboardPanelProps) {
  const [metricChosen, setMetric] = useState<string>();
  const [sortChosen, setSort] = useState<Sort>();
  const metric = metricChosen ?? board?.metric ?? "";
  const usual: Sort = { key: "score", isDescending: board ? isGreaterBetter(metric, board) : true };
  const sort = sortChosen ?? usual;
  const entries = useMemo(
    () => (board ? sorted(board, metric, { key: sort.key, isDescending: sort.isDescending }) : []),
    [board, metric, sort.key, sort.isDescending],
  );
  if (!board || entries.length === 0) {
    return (
      <Typography sx={{ color: "text.secondary", py: 4 }}>
        {isRunning ? "Models appear here as trials end, the best on top." : "No trial ended with a model."}
      </Typography>
    );
  }
  const header = (key: SortKey, title: string, width: number, align: "left" | "right" = "left"): VirtualColumn => {
    const direction = sort.key !== key ? "none" : sort.isDescending ? "descending" : "ascending";
    const isDescending = sort.key === key ? !sort.isDescending : key === "score" && usual.isDescending;
    return {
      key,
      width,
      align,
      sort: direction,
      header: (
        <SortHeader title={title} direction={direction} align={align} onClick={() => setSort({ key, isDescending })} />
      ),
    };
  };
  const columns: readonly VirtualColumn[] = [
    { key: "rank", header: "Rank", width: 60, align: "right" },
    header("model", "Model", 176),
    header("score", metricTitle(metric), 210),
    header("fit_seconds", "Training", 104, "right"),
    header("predict_seconds", "Prediction", 112, "right"),
  ];
  const metrics = metricsIn(board);
  return (
    <Stack spacing={2}>
      <Stack direction="row" spacing={2} useFlexGap sx={{ alignItems: "center", flexWrap: "wrap" }}>
        <Typography variant="body2" sx={{ color: "text.secondary", flexGrow: 1 }}>
          {plural(entries.length, "model")}. Scores come from rows a model has not seen; in brackets, where 95 of 100
          repeats would be.{board.note && ` The order is right: ${board.note}.`}
        </Typography>
        {metrics.length > 1 && (
          <NativeSelect
            label="Compare on"
            size="small"
            value={metric}
            options={metrics.map((name) => ({ value: name, title: metricTitle(name) }))}
            onChange={(name) => {
              setMetric(name);
              setSort(undefined);
            }}
            sx={{ minWidth: 180 }}
          />
        )}
      </Stack>
      <VirtualTable
        label="Leaderboard"
        columns={columns}
        rowCount={entries.length}
        rowKey={(index) => entries[index]?.model ?? index}
        row={(index) => {
          const entry = entries[index];
          return entry && cells(entry, metric, board, isRunning);
        }}
      />
    </Stack>
  );
}

function cells(entry: Entry, metric: string, board: Leaderboard, isRunning: boolean): readonly ReactNode[] {
  const title = modelTitle(entry);
  const hasPage = entry.model_id !== null && !isRunning;
  const interval = metric === board.metric ? entry.score_interval : null;
  return [
    entry.rank ?? "–",
    hasPage ? (
      <Link key="model" to={paths.model(entry.model_id as string)}>
        {title}
      </Link>
    ) : (
      title
    ),
    entry.score === null ? (
      <Tooltip key="score" title={entry.reason ?? ""}>
        <Box component="span" sx={{ color: "error.main" }} tabIndex={0}>
          {entry.status ?? "no score"}
        </Box>
      </Tooltip>
    ) : (
      <span key="score">
        {formatNumber(scoreOn(entry, metric, board))}
        {interval && (
          <Box component="span" sx={{ color: "text.secondary" }}>
            {` (${formatNumber(interval[0])} – ${formatNumber(interval[1])})`}
          </Box>
        )}
      </span>
    ),
    formatDuration(entry.fit_seconds),
    entry.score === null ? "–" : formatDuration(entry.predict_seconds),
  ];
}

/** "gradient_boosting_12" is "Gradient boosting 12". */
export const modelTitle = (entry: { model: string }): string => learnerTitle(entry.model);
