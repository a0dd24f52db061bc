import type { Event } from "../api/schema";
import { formatDuration, formatNumber } from "./format";
import { learnerTitle } from "./metrics";

type TrialEvent = NonNullable<Event["trial"]>;

export interface RunTrial {
  index: number;
  learner: string;
  state: TrialEvent["state"];
  /** From 0 to 1. */
  progress: number;
  score: number | undefined;
  reason: string | undefined;
  proposedAt: string;
  startedAt: string | undefined;
  finishedAt: string | undefined;
}

export interface ScorePoint {
  /** Seconds since the start. */
  seconds: number;
  trial: number;
  learner: string;
  score: number;
  best: number;
}

export interface LogLine {
  sequence: number;
  at: string;
  text: string;
  kind: "plain" | "good" | "bad";
}

/** An experiment as its events tell it. */
export interface Run {
  state: Event["state"] | undefined;
  progress: number;
  trials: ReadonlyMap<number, RunTrial>;
  points: readonly ScorePoint[];
  log: readonly LogLine[];
  bestScore: number | undefined;
  error: string | undefined;
  startedAt: string | undefined;
  lastSequence: number;
  /** Trials that ended, well or badly. */
  finished: number;
}

export const emptyRun: Run = {
  state: undefined,
  progress: 0,
  trials: new Map(),
  points: [],
  log: [],
  bestScore: undefined,
  error: undefined,
  startedAt: undefined,
  lastSequence: 0,
  finished: 0,
};

/** The run after some more events. Events seen before are passed over, so that a replay after a lost connection does no harm. */
export function advance(run: Run, events: readonly Event[]): Run {
  const fresh = events.filter((event) => event.sequence > run.lastSequence);
  if (fresh.length === 0) return run;
  const trials = new Map(run.trials);
  const points = [...run.points];
  const log = [...run.log];
  let { state, progress, bestScore, error, startedAt, finished, lastSequence } = run;
  for (const event of fresh) {
    lastSequence = event.sequence;
    progress = event.progress;
    if (event.state === "running" && startedAt === undefined) startedAt = event.at;
    if (event.error !== undefined) error = event.error;
    const isBetter = event.best_score !== undefined && event.best_score !== bestScore;
    if (event.best_score !== undefined) bestScore = event.best_score;
    const line = describe(event, state, isBetter);
    if (line) log.push(line);
    state = event.state;
    if (!event.trial) continue;
    const before = trials.get(event.trial.index);
    trials.set(event.trial.index, trialAfter(before, event, event.trial));
    if (event.kind !== "trial_finished") continue;
    if (before === undefined || before.state === "proposed") finished += 1;
    const { score, index, learner } = event.trial;
    if (score !== undefined && bestScore !== undefined) {
      const seconds = startedAt === undefined ? 0 : Math.max(0, (Date.parse(event.at) - Date.parse(startedAt)) / 1000);
      points.push({ seconds, trial: index, learner, score, best: bestScore });
    }
  }
  return { state, progress, trials, points, log, bestScore, error, startedAt, finished, lastSequence };
}

function trialAfter(before: RunTrial | undefined, event: Event, trial: TrialEvent): RunTrial {
  const isOver = event.kind === "trial_finished";
  return {
    index: trial.index,
    learner: trial.learner,
    state: trial.state,
    progress: isOver ? 1 : (event.trial_progress ?? before?.progress ?? 0),
    score: trial.score ?? before?.score,
    reason: trial.reason ?? before?.reason,
    proposedAt: before?.proposedAt ?? event.at,
    startedAt: before?.startedAt ?? (event.kind === "trial_proposed" ? undefined : event.at),
    finishedAt: isOver ? event.at : undefined,
  };
}

const stateTexts: Record<Event["state"], string> = {
  queued: "Waiting for a coordinator",
  running: "Training started",
  completed: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
};

/** What an event says to people; progress within a trial says nothing. */
function describe(event: Event, before: Event["state"] | undefined, isBetter: boolean): LogLine | null {
  const line = (text: string, kind: LogLine["kind"] = "plain"): LogLine => ({
    sequence: event.sequence,
    at: event.at,
    text,
    kind,
  });
  const { trial } = event;
  switch (event.kind) {
    case "state": {
      if (event.state === before) return null;
      const text = event.error ? `${stateTexts[event.state]}: ${event.error}` : stateTexts[event.state];
      return line(text, event.state === "failed" ? "bad" : event.state === "completed" ? "good" : "plain");
    }
    case "trial_proposed":
      return trial ? line(`Trial ${trial.index + 1} planned: ${learnerTitle(trial.learner)}`) : null;
    case "trial_finished": {
      if (!trial) return null;
      const name = `Trial ${trial.index + 1}, ${learnerTitle(trial.learner)}`;
      if (trial.state === "failed")
        return line(`${name}, has no score: ${trial.reason ?? "no reason was given"}`, "bad");
      const took = trial.fit_seconds === undefined ? "" : ` after ${formatDuration(trial.fit_seconds)} of training`;
      return line(
        `${name}: ${formatNumber(trial.score)}${took}${isBetter ? ", the best so far" : ""}`,
        isBetter ? "good" : "plain",
      );
    }
    case "trial_progress":
      return null;
  }
}

/** Trials that are being trained, those furthest first, and how many wait. */
export function unfinished(run: Run): { running: RunTrial[]; waiting: number } {
  const open = [...run.trials.values()].filter((trial) => trial.state === "proposed");
  const running = open.filter((trial) => trial.startedAt !== undefined || trial.progress > 0);
  running.sort((one, other) => other.progress - one.progress || one.index - other.index);
  return { running, waiting: open.length - running.length };
}

/** Seconds that are left, or null where that cannot be told. */
export function secondsLeft(used: number, budget: number | undefined, progress: number): number | null {
  if (budget !== undefined) return Math.max(0, budget - used);
  return progress > 0.03 ? (used / progress) * (1 - progress) : null;
}
