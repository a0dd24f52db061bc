import type { Evaluation } from "../api/schema";

export type ThresholdRow = NonNullable<Evaluation["thresholds"]>[number];

/** The row whose threshold is nearest to what was asked. */
export function nearest(rows: readonly ThresholdRow[], threshold: number): number {
  let best = 0;
  rows.forEach((row, index) => {
    const distance = Math.abs(row.threshold - threshold);
    if (distance < Math.abs((rows[best]?.threshold ?? Infinity) - threshold)) best = index;
  });
  return best;
}

/** Where a measure is at its best. */
export function bestBy(
  rows: readonly ThresholdRow[],
  measure: "f1" | "accuracy" | "mcc" | "balanced_accuracy",
): number {
  let best = 0;
  rows.forEach((row, index) => {
    if ((row[measure] ?? -Infinity) > (rows[best]?.[measure] ?? -Infinity)) best = index;
  });
  return best;
}

/** True negatives and false positives, false negatives and true positives. */
export const confusionAt = (row: ThresholdRow): number[][] => [
  [row.true_negatives, row.false_positives],
  [row.false_negatives, row.true_positives],
];
