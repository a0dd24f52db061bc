import type { ExperimentRequest } from "../api/schema";
import { formatNumber } from "./format";

export type Metric = Exclude<NonNullable<ExperimentRequest["metric"]>, "auto">;
export type Task = Exclude<NonNullable<ExperimentRequest["task"]>, "auto">;

interface Description {
  title: string;
  /** Where more is better. */
  isGreaterBetter: boolean;
  tasks: readonly Task[];
  meaning: string;
}

const classes = ["binary", "multiclass"] as const;
const regression = ["regression"] as const;

/** What people call the metrics, and what they mean. */
export const metrics: Record<Metric, Description> = {
  roc_auc: {
    title: "ROC AUC",
    isGreaterBetter: true,
    tasks: classes,
    meaning: "how well positives are ranked above negatives",
  },
  log_loss: {
    title: "Log loss",
    isGreaterBetter: false,
    tasks: classes,
    meaning: "how far probabilities are from what happened",
  },
  accuracy: { title: "Accuracy", isGreaterBetter: true, tasks: classes, meaning: "the share of right predictions" },
  balanced_accuracy: {
    title: "Balanced accuracy",
    isGreaterBetter: true,
    tasks: classes,
    meaning: "accuracy with every class of equal weight",
  },
  f1: { title: "F1", isGreaterBetter: true, tasks: classes, meaning: "precision and recall in one number" },
  mcc: {
    title: "Matthews correlation",
    isGreaterBetter: true,
    tasks: classes,
    meaning: "agreement beyond chance, −1 to 1",
  },
  average_precision: {
    title: "Average precision",
    isGreaterBetter: true,
    tasks: ["binary"],
    meaning: "precision over all recalls; for rare positives",
  },
  brier: { title: "Brier score", isGreaterBetter: false, tasks: classes, meaning: "squared error of probabilities" },
  rmse: { title: "RMSE", isGreaterBetter: false, tasks: regression, meaning: "typical error; large errors count more" },
  mae: { title: "MAE", isGreaterBetter: false, tasks: regression, meaning: "mean size of the error" },
  r2: { title: "R²", isGreaterBetter: true, tasks: regression, meaning: "the share of variation that is explained" },
  mape: { title: "MAPE", isGreaterBetter: false, tasks: regression, meaning: "mean error in per cent of the value" },
  rmsle: {
    title: "RMSLE",
    isGreaterBetter: false,
    tasks: regression,
    meaning: "RMSE of logarithms; for values above 0",
  },
};

export function metricTitle(name: string | null | undefined): string {
  if (!name) return "Score";
  return metrics[name as Metric]?.title ?? name;
}

/** Metrics of a task, its usual one first. */
export function metricsOf(task: Task | null): Metric[] {
  const usual: Record<Task, Metric> = { binary: "roc_auc", multiclass: "log_loss", regression: "rmse" };
  const all = (Object.keys(metrics) as Metric[]).filter((name) => !task || metrics[name].tasks.includes(task));
  return task ? [usual[task], ...all.filter((name) => name !== usual[task])] : all;
}

export const taskTitles: Record<Task, string> = {
  binary: "Two classes",
  multiclass: "Several classes",
  regression: "A number",
};

/** A score with its interval, as one line. */
export function formatScore(score: number | null | undefined, interval?: readonly number[] | null): string {
  const [low, high] = interval ?? [];
  if (low === undefined || high === undefined) return formatNumber(score);
  return `${formatNumber(score)} (${formatNumber(low)} to ${formatNumber(high)})`;
}

/** The name of a learner for people: `gradient_boosting` is "Gradient boosting". */
export function learnerTitle(name: string): string {
  const words = name.replace(/_/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
