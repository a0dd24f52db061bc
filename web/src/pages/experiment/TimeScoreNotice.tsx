import { Alert } from "@mui/material";
import type { Leaderboard } from "../../api/schema";
import { formatNumber, plural } from "../../lib/format";
import { metricTitle } from "../../lib/metrics";

/** How the best configuration does on later rows, beside the score on rows of the same time. */
export function TimeScoreNotice({ board }: { board: Leaderboard | undefined }) {
  const time = board?.time_score;
  if (!board || !time) return null;
  if (time.score === undefined) {
    return (
      <Alert severity="warning" variant="outlined">
        Rows change along {time.time}, so later rows may be predicted worse than the leaderboard says. This was not
        measured: {time.reason ?? "for an unknown reason"}.
      </Alert>
    );
  }
  const [low, high] = time.score_interval ?? [];
  const range = low === undefined ? "" : ` (${formatNumber(low)} to ${formatNumber(high)})`;
  const best = board.entries.find((entry) => entry.rank === 1)?.score;
  return (
    <Alert severity="info" variant="outlined">
      On later rows: {metricTitle(board.metric)} {formatNumber(time.score)}
      {range}. On rows of the same time: {formatNumber(best)}. Rows change along {time.time}; {time.model} was trained
      once more on the earlier {plural(time.trained_rows, "row")} and scored on the latest{" "}
      {plural(time.scored_rows, "row")}. If later rows are to be predicted, the first number counts.
    </Alert>
  );
}
