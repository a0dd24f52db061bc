import type { ExperimentRequest, Profile } from "../api/schema";
import type { Metric, Task } from "./metrics";

export type ColumnType = Profile["columns"][number]["type"];

/** What the form of a new experiment holds: as typed, so that nothing is lost that is not yet right. */
export interface ExperimentForm {
  target: string;
  name: string;
  task: Task | "auto";
  metric: Metric | "auto";
  budget: "time" | "trials";
  minutes: string;
  trials: string;
  validation: "auto" | "folds" | "holdout" | "time";
  /** What is made of rows that belong together as the table shows it. */
  related: "auto" | "random";
  folds: string;
  holdout: string;
  group: string;
  time: string;
  weight: string;
  exclude: string[];
  types: Record<string, ColumnType>;
  /** Learners not to use. */
  without: string[];
  seed: string;
  /** The positive one of two classes; empty for the server's choice. */
  positive: string;
  /** A rule as text; empty for the server's choice. */
  threshold: string;
}

export const standardForm: ExperimentForm = {
  target: "",
  name: "",
  task: "auto",
  metric: "auto",
  budget: "time",
  minutes: "2",
  trials: "30",
  validation: "auto",
  related: "auto",
  folds: "5",
  holdout: "20",
  group: "",
  time: "",
  weight: "",
  exclude: [],
  types: {},
  without: [],
  seed: "0",
  positive: "",
  threshold: "",
};

export type FormErrors = Partial<Record<keyof ExperimentForm, string>>;

const whole = (text: string): number | null => (/^\d+$/.test(text.trim()) ? Number(text.trim()) : null);

/** A number of minutes, with a decimal point or comma. */
export function readMinutes(text: string): number | null {
  const trimmed = text.trim().replace(",", ".");
  return /^\d*\.?\d+$|^\d+\.$/.test(trimmed) ? Number(trimmed) : null;
}

/** What is wrong with what was typed, by field. */
export function checkForm(form: ExperimentForm): FormErrors {
  const errors: FormErrors = {};
  if (form.target === "") errors.target = "Choose the column to predict";
  const minutes = readMinutes(form.minutes);
  if (form.budget === "time" && (minutes === null || minutes <= 0 || minutes > 43_200)) {
    errors.minutes = "A number of minutes above 0, at most 43,200 (30 days)";
  }
  const trials = whole(form.trials);
  if (form.budget === "trials" && (trials === null || trials < 1 || trials > 100_000)) {
    errors.trials = "A whole number from 1 to 100,000";
  }
  const folds = whole(form.folds);
  if (form.validation === "folds" && (folds === null || folds < 2 || folds > 20)) {
    errors.folds = "A whole number from 2 to 20";
  }
  const holdout = whole(form.holdout);
  const needsHoldout = form.validation === "holdout" || form.validation === "time";
  if (needsHoldout && (holdout === null || holdout < 5 || holdout > 50 || holdout % 5 !== 0)) {
    errors.holdout = "From 5 to 50 per cent, in steps of 5";
  }
  if (form.validation === "time" && form.time === "") errors.time = "Choose the column that says when";
  const seed = whole(form.seed);
  if (seed === null || !Number.isSafeInteger(seed)) errors.seed = "A whole number from 0";
  return errors;
}

/** What is asked of the server: only what differs from the server's own defaults. */
export function requestOf(form: ExperimentForm, datasetID: string, learners: readonly string[]): ExperimentRequest {
  const request: ExperimentRequest = { dataset_id: datasetID, target: form.target };
  if (form.name.trim() !== "") request.name = form.name.trim();
  if (form.task !== "auto") request.task = form.task;
  if (form.metric !== "auto") request.metric = form.metric;
  if (form.budget === "time") request.time_budget_seconds = (readMinutes(form.minutes) ?? 0) * 60;
  else request.trials = whole(form.trials) ?? 0;
  if (form.validation === "folds") request.folds = whole(form.folds) ?? 0;
  if (form.validation === "holdout" || form.validation === "time") request.holdout = (whole(form.holdout) ?? 0) / 100;
  if (form.validation === "time") request.time = form.time;
  else if (form.group !== "") request.group = form.group;
  else if (form.related === "random") request.validation = "random";
  if (form.weight !== "") request.weight = form.weight;
  const exclude = form.exclude.filter((name) => name !== form.target);
  if (exclude.length > 0) request.exclude = exclude;
  if (Object.keys(form.types).length > 0) request.types = form.types;
  if (form.without.length > 0) request.learners = learners.filter((name) => !form.without.includes(name));
  if (form.positive !== "") request.positive = form.positive;
  const threshold = form.threshold.trim();
  if (threshold !== "") request.threshold = threshold;
  request.seed = whole(form.seed) ?? 0;
  return request;
}

/** Fields of the API as fields of the form, for errors that the server finds. */
const formFields: Record<string, keyof ExperimentForm> = {
  time_budget_seconds: "minutes",
  trials: "trials",
  folds: "folds",
  holdout: "holdout",
  group: "group",
  time: "time",
  validation: "related",
  weight: "weight",
  exclude: "exclude",
  types: "types",
  learners: "without",
  seed: "seed",
  target: "target",
  task: "task",
  metric: "metric",
  name: "name",
  positive: "positive",
  threshold: "threshold",
};

/** What the server says is wrong, by field of the form. */
export function errorsOf(fields: readonly { field: string; message: string }[]): FormErrors {
  const errors: FormErrors = {};
  for (const { field, message } of fields) {
    const [first = ""] = field.split(/[.[]/);
    const own = formFields[first];
    if (own) errors[own] = own === "types" ? `${field.slice(first.length + 1)}: ${message}` : message;
  }
  return errors;
}
