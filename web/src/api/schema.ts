// Made from openapi.json by scripts/generate-api.mjs; not edited by hand.

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: {
    field: string;
    message: string;
  }[];
}

export interface Status {
  status: string;
}

export interface Dataset {
  id: string;
  name: string;
  rows: number;
  bytes: number;
  columns: {
    name: string;
    type: "integer" | "float" | "boolean" | "date" | "datetime" | "categorical" | "text" | "constant" | "id_like";
    missing: number;
    distinct: number;
  }[];
  created_at: string;
  chunks?: number;
  layout_chunks?: number;
  notes?: {
    code: "duplicate_name" | "empty_name" | "short_rows" | "extra_empty_cells" | "ambiguous_dates" | "ambiguous_numbers" | "stray_quote" | "latin_1" | "no_header" | "mismatched_cells" | "error_cells";
    message: string;
    column?: string;
    row?: number;
    line?: number;
  }[];
}

export interface DatasetList {
  items: Dataset[];
  next_cursor: string | null;
}

export interface Profile {
  rows: number;
  suggested_target: string | null;
  columns: {
    name: string;
    type: "integer" | "float" | "boolean" | "date" | "datetime" | "categorical" | "text" | "constant" | "id_like";
    missing: number;
    distinct: number;
    warnings: ("id_like" | "constant" | "duplicate_column" | "mostly_missing" | "ambiguous_dates" | "ambiguous_numbers")[];
    castable: ("integer" | "float" | "boolean" | "date" | "datetime" | "categorical" | "text" | "constant" | "id_like")[];
    /** What predicting it would be. */
    target_task: string | null;
    minimum?: number;
    maximum?: number;
    mean?: number;
    standard_deviation?: number;
    quantiles?: number[];
    top?: {
      value: string;
      count: number;
    }[];
    histogram?: {
      edges: number[];
      counts: number[];
    };
    duplicate_of?: string;
  }[];
}

export interface Rows {
  offset: number;
  total: number;
  rows: (Record<string, string | number | boolean | null>)[];
}

export interface Example {
  name: string;
  title: string;
  description: string;
  target: string;
  task: "binary" | "multiclass" | "regression";
  rows: number;
  columns: number;
  source: string;
  licence: string;
}

export interface ExampleList {
  items: Example[];
  next_cursor: string | null;
}

export interface ExperimentRequest {
  /** The column to predict. */
  target: string;
  dataset_id: string;
  name?: string;
  task?: "auto" | "binary" | "multiclass" | "regression";
  metric?: "auto" | "roc_auc" | "log_loss" | "accuracy" | "balanced_accuracy" | "f1" | "mcc" | "average_precision" | "brier" | "rmse" | "mae" | "r2" | "mape" | "rmsle";
  time_budget_seconds?: number;
  trials?: number;
  seed?: number;
  folds?: number;
  exclude?: string[];
  learners?: string[];
  weight?: string;
  /** What columns are to be taken for instead of what they were read as. */
  types?: Record<string, "integer" | "float" | "boolean" | "date" | "datetime" | "categorical" | "text" | "constant" | "id_like">;
  /** Share of the rows held out to score on, instead of folds. */
  holdout?: number;
  /** A column whose equal values are never on both sides. */
  group?: string;
  /** A column of moments; the latest rows are held out. */
  time?: string;
  validation?: "auto" | "random" | "group" | "time";
  /** The positive one of two classes. */
  positive?: string;
  /** A probability, `cost:FP=1,FN=20`, `precision>=0.9`, `recall>=0.8`, or a weight for each class by name. */
  threshold?: number | string | Record<string, number>;
}

export interface Experiment {
  /** The column to predict. */
  target: string;
  dataset_id: string;
  id: string;
  state: "queued" | "running" | "completed" | "failed" | "cancelled";
  progress: number;
  best_model_id: string | null;
  best_score: number | null;
  error: string | null;
  trials_completed: number;
  trials_failed: number;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  used_seconds: number;
  resolved_task: string | null;
  resolved_metric: string | null;
  name?: string;
  task?: "auto" | "binary" | "multiclass" | "regression";
  metric?: "auto" | "roc_auc" | "log_loss" | "accuracy" | "balanced_accuracy" | "f1" | "mcc" | "average_precision" | "brier" | "rmse" | "mae" | "r2" | "mape" | "rmsle";
  time_budget_seconds?: number;
  trials?: number;
  seed?: number;
  folds?: number;
  exclude?: string[];
  learners?: string[];
  weight?: string;
  /** What columns are to be taken for instead of what they were read as. */
  types?: Record<string, "integer" | "float" | "boolean" | "date" | "datetime" | "categorical" | "text" | "constant" | "id_like">;
  /** Share of the rows held out to score on, instead of folds. */
  holdout?: number;
  /** A column whose equal values are never on both sides. */
  group?: string;
  /** A column of moments; the latest rows are held out. */
  time?: string;
  validation?: "auto" | "random" | "group" | "time";
  /** The positive one of two classes. */
  positive?: string;
  /** A probability, `cost:FP=1,FN=20`, `precision>=0.9`, `recall>=0.8`, or a weight for each class by name. */
  threshold?: number | string | Record<string, number>;
}

export interface ExperimentList {
  items: Experiment[];
  next_cursor: string | null;
}

export interface Leaderboard {
  experiment_id: string;
  task: "binary" | "multiclass" | "regression";
  metric: "roc_auc" | "log_loss" | "accuracy" | "balanced_accuracy" | "f1" | "mcc" | "average_precision" | "brier" | "rmse" | "mae" | "r2" | "mape" | "rmsle";
  greater_is_better: boolean;
  entries: {
    rank: number | null;
    model: string;
    learner: string;
    score: number | null;
    score_interval: number[] | null;
    fit_seconds: number;
    predict_seconds: number;
    hyperparameters: Record<string, unknown>;
    model_id: string | null;
    /** The score by which it was chosen as the best, where `score` is corrected for that. */
    selection_score?: number;
    metrics?: Record<string, number>;
    /** How a trial without a model ended. */
    status?: string;
    reason?: string;
    trial?: number;
  }[];
  memory_cut?: {
    trials: number;
    needed_bytes: number;
    limit_bytes: number;
  };
  time_score?: TimeScore;
  /** Why another entry may show a better score than the first. */
  note?: string;
}

export interface Event {
  sequence: number;
  kind: "state" | "trial_proposed" | "trial_progress" | "trial_finished";
  at: string;
  state: "queued" | "running" | "completed" | "failed" | "cancelled";
  progress: number;
  trial?: {
    index: number;
    learner: string;
    state: "proposed" | "completed" | "failed";
    score?: number;
    score_interval?: number[];
    reason?: string;
    fit_seconds?: number;
    predict_seconds?: number;
    model_id?: string;
  };
  trial_progress?: number;
  best_score?: number;
  best_model_id?: string;
  error?: string;
}

export interface Model {
  id: string;
  experiment_id: string;
  dataset_id: string;
  model: string;
  learner: string;
  target: string;
  task: "binary" | "multiclass" | "regression";
  metric: "roc_auc" | "log_loss" | "accuracy" | "balanced_accuracy" | "f1" | "mcc" | "average_precision" | "brier" | "rmse" | "mae" | "r2" | "mape" | "rmsle";
  score: number;
  created_at: string;
}

export interface ModelList {
  items: Model[];
  next_cursor: string | null;
}

export interface PredictionRequest {
  rows: (Record<string, string | number | boolean | null>)[];
}

export interface Predictions {
  predictions: {
    prediction: string | number;
    probabilities?: Record<string, number>;
    interval?: number[];
    labels?: string[];
  }[];
}

export interface Explanation {
  card: ModelCard;
  subject: {
    kind: "out_of_fold" | "given" | "seen";
    rows: number;
    explained_rows: number;
    name?: string;
  };
  dependence: {
    column: string;
    kind: string;
    rows: number[];
    outputs: {
      name: string;
      partial_dependence: number[];
      low: number[];
      high: number[];
      accumulated_local_effects?: number[];
    }[];
    individuals: number[][];
    averaged_rows: number;
    values?: number[];
    levels?: string[];
  }[];
  interactions: {
    columns: string[];
    h: number;
    size: number;
  }[];
  leaderboard: {
    rank: number;
    model: string;
    learner: string;
    score: number;
    hyperparameters?: Record<string, unknown>;
    interval?: number[];
    fit_seconds?: number;
    predict_seconds?: number;
  }[];
  notes: string[];
  evaluation?: Evaluation;
  learning_curve?: {
    metric: "roc_auc" | "log_loss" | "accuracy" | "balanced_accuracy" | "f1" | "mcc" | "average_precision" | "brier" | "rmse" | "mae" | "r2" | "mape" | "rmsle";
    model: string;
    learner: string;
    scored_rows: number;
    points: {
      rows: number;
      score: number;
      is_model: boolean;
      interval?: number[];
    }[];
  };
  importance?: {
    metric: "roc_auc" | "log_loss" | "accuracy" | "balanced_accuracy" | "f1" | "mcc" | "average_precision" | "brier" | "rmse" | "mae" | "r2" | "mape" | "rmsle";
    score: number;
    rows: number;
    repeats: number;
    columns: {
      column: string;
      importance: number;
      interval: number[];
    }[];
  };
  contributions?: {
    scale: "log_odds" | "probability" | "target_units" | "log_target";
    outputs: string[];
    base: number[];
    rows: number;
    members: {
      model: string;
      weight: number;
      method: string;
      orders?: number;
    }[];
    points_output: string;
    columns: {
      column: string;
      mean_absolute: number;
      mean_absolute_by_output: number[];
      standard_error?: number;
      contributions?: number[];
      values?: (number | null)[];
      levels?: string[];
    }[];
  };
  residuals?: {
    column: string;
    bins: {
      rows: number[];
      low: number[];
      median: number[];
      high: number[];
      mean: number[];
      mean_low: number[];
      mean_high: number[];
      values?: number[];
      levels?: string[];
    };
  }[];
  groups?: {
    column: string;
    groups: {
      name: string;
      rows: number;
      metrics: {
        metric: "roc_auc" | "log_loss" | "accuracy" | "balanced_accuracy" | "f1" | "mcc" | "average_precision" | "brier" | "rmse" | "mae" | "r2" | "mape" | "rmsle";
        greater_is_better: boolean;
        score?: number;
        interval?: number[];
      }[];
    }[];
  };
}

export interface Evaluation {
  rows: number;
  metrics: {
    metric: "roc_auc" | "log_loss" | "accuracy" | "balanced_accuracy" | "f1" | "mcc" | "average_precision" | "brier" | "rmse" | "mae" | "r2" | "mape" | "rmsle";
    greater_is_better: boolean;
    score?: number;
    interval?: number[];
  }[];
  confusion?: {
    classes: string[];
    counts: number[][];
  };
  classes?: {
    name: string;
    rows: number;
    precision?: number;
    precision_interval?: number[];
    recall?: number;
    recall_interval?: number[];
    f1?: number;
    f1_interval?: number[];
    roc_auc?: number;
  }[];
  curves?: {
    name: string;
    share: number;
    roc: {
      x: number[];
      y: number[];
      threshold?: number[];
    };
    precision_recall: {
      x: number[];
      y: number[];
      threshold?: number[];
    };
    lift: {
      x: number[];
      y: number[];
      threshold?: number[];
    };
    gain: {
      x: number[];
      y: number[];
      threshold?: number[];
    };
    calibration: {
      bins: {
        predicted: number;
        observed: number;
        interval: number[];
        rows: number;
      }[];
      isotonic: {
        x: number[];
        y: number[];
        threshold?: number[];
      };
      expected_calibration_error: number;
      largest_calibration_error: number;
    };
  }[];
  threshold?: number;
  thresholds?: {
    threshold: number;
    true_positives: number;
    false_positives: number;
    false_negatives: number;
    true_negatives: number;
    f1: number;
    accuracy: number;
    mcc: number;
    precision?: number;
    recall?: number;
    specificity?: number;
    balanced_accuracy?: number;
  }[];
  residuals?: {
    edges: number[];
    counts: number[];
    quantiles: number[];
    mean: number;
    by_prediction: {
      rows: number[];
      low: number[];
      median: number[];
      high: number[];
      mean: number[];
      mean_low: number[];
      mean_high: number[];
      values?: number[];
      levels?: string[];
    };
  };
  coverage?: {
    level: number;
    coverage: number;
    size: number;
  }[];
}

export interface ModelCard {
  model: string;
  members: {
    model: string;
    learner: string;
    weight: number;
  }[];
  target: string;
  task: "binary" | "multiclass" | "regression";
  classes: string[];
  metric: "roc_auc" | "log_loss" | "accuracy" | "balanced_accuracy" | "f1" | "mcc" | "average_precision" | "brier" | "rmse" | "mae" | "r2" | "mape" | "rmsle";
  validation: string;
  rows: number;
  columns: {
    name: string;
    type: string;
    left_out?: string;
  }[];
  seed: number;
  settings: Record<string, unknown>;
  martlet_version: string;
  score?: number;
  score_interval?: number[];
  threshold?: number;
  time_score?: TimeScore;
  class_weights?: number[];
  threshold_note?: string;
  data?: {
    rows: number;
    rows_without_target: number;
    columns: number;
    task_reason: string;
    class_rows?: number[];
    target_range?: number[];
  };
  origin?: {
    made_at: string;
    machine: string;
  };
}

export interface ExplanationRows {
  scale: "log_odds" | "probability" | "target_units" | "log_target";
  outputs: string[];
  columns: string[];
  base: number[];
  is_exact: boolean;
  offset: number;
  total: number;
  rows: {
    values: Record<string, string | number | boolean | null>;
    prediction: {
      prediction: string | number;
      probabilities?: Record<string, number>;
    };
    contributions: number[][];
    actual?: string | number;
    out_of_fold_prediction?: {
      prediction: string | number;
      probabilities?: Record<string, number>;
    };
    standard_errors?: number[][];
  }[];
}

export interface Cluster {
  workers: {
    name: string;
    slots: number;
    running: number;
    threads: number;
    trials: {
      experiment_id: string;
      index: number;
    }[];
    trials_done: number;
    started_at: string;
    data_hits: number;
    data_misses: number;
    cache_hits: number;
    cache_misses: number;
  }[];
  slots: number;
  busy_slots: number;
  queue_lag: number;
  running_experiments: number;
  queued_experiments: number;
  storage: {
    name: string;
    healthy: boolean;
    seconds: number;
    detail?: string;
  }[];
  links: {
    title: string;
    href: string;
  }[];
  data_hit_rate?: number | null;
  cache_hit_rate?: number | null;
}

export interface Server {
  version: string;
  token_required: boolean;
  upload_limit_bytes: number;
}

export interface ExperimentPlan {
  task: "binary" | "multiclass" | "regression";
  task_reason: string;
  metric: "roc_auc" | "log_loss" | "accuracy" | "balanced_accuracy" | "f1" | "mcc" | "average_precision" | "brier" | "rmse" | "mae" | "r2" | "mape" | "rmsle";
  metrics: {
    name: "roc_auc" | "log_loss" | "accuracy" | "balanced_accuracy" | "f1" | "mcc" | "average_precision" | "brier" | "rmse" | "mae" | "r2" | "mape" | "rmsle";
    greater_is_better: boolean;
  }[];
  class_count: number;
  rows: number;
  rows_without_target: number;
  validation: string;
  models_per_trial: number;
  columns: {
    name: string;
    type: "integer" | "float" | "boolean" | "date" | "datetime" | "categorical" | "text" | "constant" | "id_like";
    is_used: boolean;
    strength: number;
    is_leaking: boolean;
    reason?: string;
  }[];
  leaks: {
    kind: "column" | "pair" | "presence" | "order" | "rows" | "index";
    columns: string[];
    strength: number;
    evidence: string;
  }[];
  relations: RowFinding[];
  learners: {
    name: string;
    is_suitable: boolean;
    seconds: number;
  }[];
  estimate: {
    seconds_per_trial: number;
    trials: number;
    seconds: number;
    basis: string;
  };
  classes?: {
    value: string;
    count: number;
  }[];
}

export interface RowFinding {
  kind: "repeats" | "copies" | "entities" | "time" | "panel";
  columns: string[];
  rows: number;
  groups: number;
  strength: number;
  kept: boolean;
  evidence: string;
}

export interface TimeScore {
  time: string;
  model: string;
  trained_rows: number;
  scored_rows: number;
  score?: number;
  score_interval?: number[];
  reason?: string;
}

export interface Trial {
  index: number;
  model: string;
  learner: string;
  state: "proposed" | "completed" | "failed";
  hyperparameters: Record<string, unknown>;
  worker: string | null;
  proposed_at: string;
  finished_at: string | null;
  score?: number;
  score_interval?: number[];
  fit_seconds?: number;
  predict_seconds?: number;
  reason?: string;
}

export interface TrialList {
  items: Trial[];
  next_cursor: string | null;
}

export interface Learner {
  name: string;
  title: string;
  description: string;
  tasks: ("binary" | "multiclass" | "regression")[];
}

export interface LearnerList {
  items: Learner[];
  next_cursor: string | null;
}

export interface DeadLetter {
  at: string;
  experiment_id: string;
  trial: number;
  learner: string;
  reason: string;
  starts: {
    worker: string;
    began_at?: string;
    failure?: string;
  }[];
}

export interface DeadLetterList {
  items: DeadLetter[];
  next_cursor: string | null;
}

export interface ModelEvaluation {
  card: ModelCard;
  bytes: number;
  evaluation?: Evaluation;
}

export interface ModelSchema {
  target: string;
  task: "binary" | "multiclass" | "regression";
  classes: string[];
  columns: {
    name: string;
    type?: "integer" | "float" | "boolean" | "date" | "datetime" | "categorical" | "text" | "constant" | "id_like";
    left_out?: string;
    levels?: string[];
    distinct?: number;
    minimum?: number;
    median?: number;
    maximum?: number;
    missing_share?: number;
  }[];
  example: Record<string, string | number | boolean | null>;
  threshold?: number;
  /** The highest level of intervals that the model can be asked for. */
  highest_interval?: number;
}

/** What each call takes and gives. */
export interface Operations {
  /** Upload a table: CSV or a relative of it, plain, gzipped or in Zstandard, or an Excel workbook. */
  createDataset: {
    path: never;
    query: { name?: string; delimiter?: string; header?: "auto" | "true" | "false"; encoding?: "auto" | "utf-8" | "utf-16le" | "utf-16be" | "latin-1"; sheet?: string; missing_markers?: string; date_order?: "auto" | "day_first" | "month_first" };
    body: Blob;
    answer: Dataset;
  };
  /** The datasets, the newest first. */
  listDatasets: {
    path: never;
    query: { limit?: number; cursor?: string };
    body: never;
    answer: DatasetList;
  };
  /** A dataset. */
  getDataset: {
    path: { id: string };
    query: never;
    body: never;
    answer: Dataset;
  };
  /** Delete a dataset; models learnt from it stay. */
  deleteDataset: {
    path: { id: string };
    query: never;
    body: never;
    answer: undefined;
  };
  /** What is worth knowing about a dataset's columns. */
  getDatasetProfile: {
    path: { id: string };
    query: never;
    body: never;
    answer: Profile;
  };
  /** Rows of a dataset, in the order of the source. */
  getDatasetRows: {
    path: { id: string };
    query: { offset?: number; limit?: number };
    body: never;
    answer: Rows;
  };
  /** A dataset as a CSV file: UTF-8, commas, a header, numbers in their shortest form. */
  getDatasetFile: {
    path: { id: string };
    query: never;
    body: never;
    answer: Blob;
  };
  /** Small real tables that come with Martlet. */
  listExamples: {
    path: never;
    query: never;
    body: never;
    answer: ExampleList;
  };
  /** Make a dataset of an example. */
  createDatasetFromExample: {
    path: { name: string };
    query: never;
    body: never;
    answer: Dataset;
  };
  /** Find the best model for a column of a dataset. */
  createExperiment: {
    path: never;
    query: never;
    body: ExperimentRequest;
    answer: Experiment;
  };
  /** The experiments, the newest first. */
  listExperiments: {
    path: never;
    query: { limit?: number; cursor?: string };
    body: never;
    answer: ExperimentList;
  };
  /** An experiment as it stands. */
  getExperiment: {
    path: { id: string };
    query: never;
    body: never;
    answer: Experiment;
  };
  /** Delete an experiment that has ended, with its models. */
  deleteExperiment: {
    path: { id: string };
    query: never;
    body: never;
    answer: undefined;
  };
  /** End an experiment; what it has found is kept. */
  cancelExperiment: {
    path: { id: string };
    query: never;
    body: never;
    answer: Experiment;
  };
  /** The experiment's models, ranked. */
  getLeaderboard: {
    path: { id: string };
    query: never;
    body: never;
    answer: Leaderboard;
  };
  /** The experiment's models, in the order of their ids. */
  listModels: {
    path: { id: string };
    query: { limit?: number; cursor?: string };
    body: never;
    answer: ModelList;
  };
  /** What happens in an experiment, as server-sent events; ends when the experiment ends. */
  watchExperiment: {
    path: { id: string };
    query: { after?: number };
    body: never;
    answer: Blob;
  };
  /** What an experiment would do, and what looks wrong with it, without starting it. */
  planExperiment: {
    path: never;
    query: never;
    body: ExperimentRequest;
    answer: ExperimentPlan;
  };
  /** The experiment's trials, in the order they were proposed, with the worker that trains each. */
  listTrials: {
    path: { id: string };
    query: { limit?: number; cursor?: string };
    body: never;
    answer: TrialList;
  };
  /** The learners that an experiment may use. */
  listLearners: {
    path: never;
    query: never;
    body: never;
    answer: LearnerList;
  };
  /** A model. */
  getModel: {
    path: { id: string };
    query: never;
    body: never;
    answer: Model;
  };
  /** A model as one self-contained file, for `martlet predict`. */
  getModelArtifact: {
    path: { id: string };
    query: never;
    body: never;
    answer: Blob;
  };
  /** A model as an ONNX file, from the columns of a table to label and probabilities. What ONNX cannot hold is a 422 that names the column. */
  getModelONNX: {
    path: { id: string };
    query: never;
    body: never;
    answer: Blob;
  };
  /** Predict rows: JSON for JSON, or a table as a file for a CSV file, a row for a row, in their order. */
  predict: {
    path: { id: string };
    query: { interval?: number; threshold?: string; delimiter?: string; header?: "auto" | "true" | "false"; encoding?: "auto" | "utf-8" | "utf-16le" | "utf-16be" | "latin-1"; sheet?: string; missing_markers?: string; date_order?: "auto" | "day_first" | "month_first" };
    body: PredictionRequest;
    answer: Predictions;
  };
  /** How good a model is and why it predicts what it predicts. The first call takes up to a minute. */
  getExplanation: {
    path: { id: string };
    query: never;
    body: never;
    answer: Explanation;
  };
  /** Rows that the model carries, with their out-of-fold predictions and contributions. */
  getExplanationRows: {
    path: { id: string };
    query: { offset?: number; limit?: number; scale?: "prediction" | "margin" };
    body: never;
    answer: ExplanationRows;
  };
  /** Predict rows and say what each column adds to each prediction; at most 1000 rows. */
  explainRows: {
    path: { id: string };
    query: { scale?: "prediction" | "margin" };
    body: PredictionRequest;
    answer: ExplanationRows;
  };
  /** What a model is and how good it is; quick, unlike its explanation. */
  getEvaluation: {
    path: { id: string };
    query: never;
    body: never;
    answer: ModelEvaluation;
  };
  /** The columns that a model takes, the values they had, and a row as an example. */
  getModelSchema: {
    path: { id: string };
    query: never;
    body: never;
    answer: ModelSchema;
  };
  /** The explanation as one HTML page that needs nothing else. It takes up to a minute. */
  getReport: {
    path: { id: string };
    query: never;
    body: never;
    answer: Blob;
  };
  /** Whether the process answers; needs no token. */
  health: {
    path: never;
    query: never;
    body: never;
    answer: Status;
  };
  /** Whether the server can take work; needs no token. */
  readiness: {
    path: never;
    query: never;
    body: never;
    answer: Status;
  };
  /** Workers, their slots, what waits for them, and how often the cache helps. */
  getCluster: {
    path: never;
    query: never;
    body: never;
    answer: Cluster;
  };
  /** Trials that were given up because no worker came to their end, the newest first. */
  listDeadLetters: {
    path: never;
    query: { limit?: number; cursor?: string };
    body: never;
    answer: DeadLetterList;
  };
  /** What the process counts, in the text format of Prometheus or, by `Accept`, OpenMetrics. Takes the metrics token besides the API's. */
  getMetrics: {
    path: never;
    query: never;
    body: never;
    answer: Blob;
  };
  /** The server's version, whether it wants a token, and how much it takes; needs no token. */
  getServer: {
    path: never;
    query: never;
    body: never;
    answer: Server;
  };
  /** This document. */
  getDocument: {
    path: never;
    query: never;
    body: never;
    answer: Record<string, unknown>;
  };
}

export type OperationName = keyof Operations;

/** Where each call goes. */
export const routes: Record<OperationName, readonly [string, string]> = {
  createDataset: ["POST", "/api/v1/datasets"],
  listDatasets: ["GET", "/api/v1/datasets"],
  getDataset: ["GET", "/api/v1/datasets/{id}"],
  deleteDataset: ["DELETE", "/api/v1/datasets/{id}"],
  getDatasetProfile: ["GET", "/api/v1/datasets/{id}/profile"],
  getDatasetRows: ["GET", "/api/v1/datasets/{id}/rows"],
  getDatasetFile: ["GET", "/api/v1/datasets/{id}/file"],
  listExamples: ["GET", "/api/v1/examples"],
  createDatasetFromExample: ["POST", "/api/v1/examples/{name}"],
  createExperiment: ["POST", "/api/v1/experiments"],
  listExperiments: ["GET", "/api/v1/experiments"],
  getExperiment: ["GET", "/api/v1/experiments/{id}"],
  deleteExperiment: ["DELETE", "/api/v1/experiments/{id}"],
  cancelExperiment: ["POST", "/api/v1/experiments/{id}/cancel"],
  getLeaderboard: ["GET", "/api/v1/experiments/{id}/leaderboard"],
  listModels: ["GET", "/api/v1/experiments/{id}/models"],
  watchExperiment: ["GET", "/api/v1/experiments/{id}/events"],
  planExperiment: ["POST", "/api/v1/experiments/plan"],
  listTrials: ["GET", "/api/v1/experiments/{id}/trials"],
  listLearners: ["GET", "/api/v1/learners"],
  getModel: ["GET", "/api/v1/models/{id}"],
  getModelArtifact: ["GET", "/api/v1/models/{id}/artifact"],
  getModelONNX: ["GET", "/api/v1/models/{id}/onnx"],
  predict: ["POST", "/api/v1/models/{id}/predict"],
  getExplanation: ["GET", "/api/v1/models/{id}/explanation"],
  getExplanationRows: ["GET", "/api/v1/models/{id}/explanation/rows"],
  explainRows: ["POST", "/api/v1/models/{id}/explain"],
  getEvaluation: ["GET", "/api/v1/models/{id}/evaluation"],
  getModelSchema: ["GET", "/api/v1/models/{id}/schema"],
  getReport: ["GET", "/api/v1/models/{id}/report"],
  health: ["GET", "/healthz"],
  readiness: ["GET", "/readyz"],
  getCluster: ["GET", "/api/v1/cluster"],
  listDeadLetters: ["GET", "/api/v1/cluster/dead-letters"],
  getMetrics: ["GET", "/metrics"],
  getServer: ["GET", "/api/v1/server"],
  getDocument: ["GET", "/api/v1/openapi.json"],
};
