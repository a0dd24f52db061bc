import assert from "node:assert/strict";
import { test } from "node:test";
import type { Leaderboard } from "../../src/api/schema";
import { firstRows } from "../../src/lib/csv";
import { frontier, metricsIn, scoreOn, sorted } from "../../src/lib/leaderboard";
import { columnErrors, draftOf, fieldKind, largest, rowOf, type SchemaColumn } from "../../src/lib/predictionForm";
import { bestBy, nearest, type ThresholdRow } from "../../src/lib/threshold";
import { windowOf } from "../../src/lib/window";

const entry = (model: string, score: number | null, seconds: number, more: object = {}) => ({
  rank: score === null ? null : 1,
  model,
  learner: "linear",
  score,
  score_interval: null,
  fit_seconds: 1,
  predict_seconds: seconds,
  hyperparameters: {},
  model_id: model,
  ...more,
});
const board: Leaderboard = {
  experiment_id: "e",
  task: "binary",
  metric: "roc_auc",
  greater_is_better: true,
  entries: [
    entry("a_2", 0.8, 2, { rank: 2, metrics: { log_loss: 0.3 } }),
    entry("a_10", 0.9, 1),
    entry("failed", null, 0),
  ],
};

test("a leaderboard sorts on any column, failures last", () => {
  const names = (key: "score" | "model" | "predict_seconds", isDescending: boolean) =>
    sorted(board, "roc_auc", { key, isDescending }).map((other) => other.model);
  assert.deepEqual(names("score", true), ["a_10", "a_2", "failed"]);
  assert.deepEqual(names("score", false), ["a_2", "a_10", "failed"]);
  assert.deepEqual(names("model", false), ["a_2", "a_10", "failed"]);
  assert.deepEqual(names("predict_seconds", false), ["a_10", "a_2", "failed"]);
  assert.deepEqual(metricsIn(board), ["roc_auc", "log_loss"]);
  assert.equal(scoreOn(board.entries[0]!, "log_loss", board), 0.3);
  assert.equal(scoreOn(board.entries[1]!, "log_loss", board), null);
});

test("the first model stays first where its score is corrected and others show more", () => {
  const corrected: Leaderboard = {
    ...board,
    entries: [
      entry("b_1", 0.7, 1, { rank: 1, selection_score: 0.75 }),
      entry("b_2", 0.74, 1, { rank: 2 }),
      entry("b_3", 0.73, 1, { rank: 3 }),
    ],
  };
  const names = (isDescending: boolean) =>
    sorted(corrected, "roc_auc", { key: "score", isDescending }).map((other) => other.model);
  assert.deepEqual(names(true), ["b_1", "b_2", "b_3"]);
  assert.deepEqual(names(false), ["b_3", "b_2", "b_1"]);
});

test("the frontier holds what none beats in score and in speed", () => {
  const points = [
    { score: 0.9, seconds: 3 },
    { score: 0.8, seconds: 1 },
    { score: 0.85, seconds: 4 },
    { score: 0.7, seconds: 1 },
  ];
  assert.deepEqual(frontier(points, true), [1, 0]);
  assert.deepEqual(frontier(points, false), [3]);
});

test("a window covers the view, whatever the place", () => {
  for (const start of [0, 137, 4000, 99_999, 1e9]) {
    const { first, end, before, after, total } = windowOf({
      count: 2000,
      size: () => 44,
      start,
      length: 560,
      spare: 6,
    });
    assert.equal(before + (end - first) * 44 + after, total);
    const top = Math.min(start, total - 560);
    assert.ok(before <= top && total - after >= Math.min(total, top + 560), `at ${start}`);
    assert.ok(end - first < 40);
  }
  const widths = [100, 300, 50, 200, 80];
  const across = windowOf({ count: 5, size: (index) => widths[index]!, start: 120, length: 200, spare: 0 });
  assert.deepEqual([across.first, across.end, across.before, across.after], [1, 2, 100, 330]);
  assert.deepEqual(windowOf({ count: 0, size: () => 44, start: 0, length: 560, spare: 6 }).end, 0);
});

test("the first rows of a file, quoted cells and all; what is cut off is left out", () => {
  assert.deepEqual(firstRows('a,"b ""x"", y"\r\n1,"two\nlines"\n3,cut', 9), [
    ["a", 'b "x", y'],
    ["1", "two\nlines"],
  ]);
  assert.equal(firstRows("a\n1\n2\n3\n", 2).length, 2);
});

const column = (more: Partial<SchemaColumn>): SchemaColumn => ({ name: "c", ...more }) as SchemaColumn;

test("fields suit their columns", () => {
  assert.equal(fieldKind(column({ type: "float" })), "number");
  assert.equal(fieldKind(column({ type: "date" })), "date");
  assert.equal(fieldKind(column({ type: "categorical", levels: ["a", "b"], distinct: 2 })), "choice");
  assert.equal(fieldKind(column({ type: "categorical", levels: ["a", "b"], distinct: 900 })), "suggestion");
  assert.equal(fieldKind(column({ type: "text" })), "text");
});

test("a row is what was typed: numbers, texts as they are, nothing for missing", () => {
  const columns = [
    column({ name: "n", type: "float" }),
    column({ name: "s", type: "text" }),
    column({ name: "m", type: "integer" }),
  ];
  assert.deepEqual(rowOf(columns, { n: "1,5", s: " x ", m: " " }), { n: 1.5, s: " x ", m: null });
  assert.deepEqual(rowOf(columns, { n: "abc" }).n, "abc");
  assert.deepEqual(draftOf({ n: 1.5, s: null, m: true }), { n: "1.5", s: "", m: "true" });
  assert.deepEqual(columnErrors([{ field: "rows[0].a.b [x]", message: "no" }]), { "a.b [x]": "no" });
});

test("small contributions become one, and the sum stays", () => {
  const all = [5, -4, 3, -2, 1].map((value, index) => ({ name: `c${index}`, value }));
  const shown = largest(all, 2);
  assert.deepEqual(shown, [
    { name: "c0", value: 5 },
    { name: "c1", value: -4 },
    { name: "3 others", value: 2 },
  ]);
});

test("thresholds are found by nearness and by what is best", () => {
  const rows = [0.1, 0.5, 0.9].map((threshold, index) => ({ threshold, f1: [0.4, 0.7, 0.7][index]! }) as ThresholdRow);
  assert.equal(nearest(rows, 0.62), 1);
  assert.equal(bestBy(rows, "f1"), 1);
});
