import type { Leaderboard } from "../api/schema";
import { metrics, type Metric } from "./metrics";

export type Entry = Leaderboard["entries"][number];
export type SortKey = "score" | "model" | "learner" | "fit_seconds" | "predict_seconds";
export interface Sort {
  key: SortKey;
  isDescending: boolean;
}

/** An entry's score on a metric: the leaderboard's own, or one that was computed beside it. */
export function scoreOn(entry: Entry, metric: string, board: Leaderboard): number | null {
  if (metric === board.metric) return entry.score;
  return entry.metrics?.[metric] ?? null;
}

/** Metrics that entries can be compared on: the leaderboard's own first. */
export function metricsIn(board: Leaderboard): string[] {
  const found = new Set<string>([board.metric]);
  for (const entry of board.entries) for (const name of Object.keys(entry.metrics ?? {})) found.add(name);
  return [...found];
}

export const isGreaterBetter = (metric: string, board: Leaderboard): boolean =>
  metric === board.metric ? board.greater_is_better : (metrics[metric as Metric]?.isGreaterBetter ?? true);

/** Entries in an order; those without a value come last, whichever way. */
export function sorted(board: Leaderboard, metric: string, sort: Sort): Entry[] {
  const value = (entry: Entry): number | string | null => {
    switch (sort.key) {
      case "score":
        return scoreOn(entry, metric, board);
      case "model":
        return entry.model;
      case "learner":
        return entry.learner;
      default:
        return entry.score === null ? null : entry[sort.key];
    }
  };
  const sign = sort.isDescending ? -1 : 1;
  const isByRank = sort.key === "score" && metric === board.metric;
  const bestFirst = sort.isDescending === board.greater_is_better ? 1 : -1;
  return [...board.entries].sort((one, other) => {
    // The first model is first, although its score is corrected and those of the others are not.
    if (isByRank && one.rank !== null && other.rank !== null) return bestFirst * (one.rank - other.rank);
    const [a, b] = [value(one), value(other)];
    if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0);
    if (typeof a === "string") return sign * a.localeCompare(String(b), "en", { numeric: true });
    return sign * (a - (b as number)) || (one.rank ?? Infinity) - (other.rank ?? Infinity);
  });
}

/** Models that no other beats in score and in speed at once, the quickest first. */
export function frontier(entries: readonly { score: number; seconds: number }[], greaterIsBetter: boolean): number[] {
  const order = entries.map((_entry, index) => index);
  const at = (index: number) => entries[index] as { score: number; seconds: number };
  const sign = greaterIsBetter ? 1 : -1;
  order.sort((one, other) => at(one).seconds - at(other).seconds || sign * (at(other).score - at(one).score));
  let best = -Infinity;
  return order.filter((index) => {
    const score = sign * at(index).score;
    if (score <= best) return false;
    best = score;
    return true;
  });
}
