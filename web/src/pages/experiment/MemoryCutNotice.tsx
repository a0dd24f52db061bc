import { Alert } from "@mui/material";
import type { Leaderboard } from "../../api/schema";
import { formatBytes, plural } from "../../lib/format";

/** Says that models were left out for want of memory, so that nobody compares the run with one that had enough. */
export function MemoryCutNotice({ cut }: { cut: Leaderboard["memory_cut"] }) {
  if (!cut) return null;
  return (
    <Alert severity="warning" variant="outlined">
      This run was cut by memory and cannot be compared with others: {plural(cut.trials, "trial")}{" "}
      {cut.trials === 1 ? "was" : "were"} refused (up to {formatBytes(cut.needed_bytes)} needed,{" "}
      {formatBytes(cut.limit_bytes)} to be had).
    </Alert>
  );
}
