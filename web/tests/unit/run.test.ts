import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "../../src/api/schema";
import { advance, emptyRun, secondsLeft, unfinished } from "../../src/lib/run";

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
const trial = (index: number, state: "proposed" | "completed" | "failed", more: object = {}) => ({
  index,
  learner: "linear",
  state,
  ...more,
});

const events: Event[] = [
  { sequence: 1, kind: "state", at: at(0), state: "running", progress: 0 },
  { sequence: 2, kind: "trial_proposed", at: at(0), state: "running", progress: 0, trial: trial(0, "proposed") },
  { sequence: 3, kind: "trial_proposed", at: at(0), state: "running", progress: 0, trial: trial(1, "proposed") },
  {
    sequence: 4,
    kind: "trial_progress",
    at: at(1),
    state: "running",
    progress: 0,
    trial: trial(0, "proposed"),
    trial_progress: 0.5,
  },
  {
    sequence: 5,
    kind: "trial_finished",
    at: at(2),
    state: "running",
    progress: 0.5,
    best_score: 0.8,
    trial: trial(0, "completed", { score: 0.8, fit_seconds: 1.5 }),
  },
  {
    sequence: 6,
    kind: "trial_finished",
    at: at(4),
    state: "running",
    progress: 1,
    best_score: 0.8,
    trial: trial(1, "failed", { reason: "out of memory" }),
  },
];

test("a run is what its events tell", () => {
  const run = advance(emptyRun, events);
  assert.equal(run.finished, 2);
  assert.equal(run.bestScore, 0.8);
  assert.deepEqual(run.points, [{ seconds: 2, trial: 0, learner: "linear", score: 0.8, best: 0.8 }]);
  assert.equal(run.trials.get(1)?.reason, "out of memory");
  assert.deepEqual(
    run.log.map((line) => line.kind),
    ["plain", "plain", "plain", "good", "bad"],
  );
  assert.match(run.log[4]?.text ?? "", /out of memory/);
});

test("events that come in parts, or twice after a lost connection, give the same run", () => {
  const whole = advance(emptyRun, events);
  let run = emptyRun;
  for (let index = 0; index < events.length; index += 1)
    run = advance(run, events.slice(Math.max(0, index - 2), index + 1));
  assert.deepEqual(run, whole);
  assert.equal(advance(whole, events), whole);
});

test("running trials are told from those that wait", () => {
  const { running, waiting } = unfinished(advance(emptyRun, events.slice(0, 4)));
  assert.deepEqual(
    running.map((entry) => entry.index),
    [0],
  );
  assert.equal(waiting, 1);
});

test("the time left comes from the budget, else from the progress", () => {
  assert.equal(secondsLeft(40, 60, 0.1), 20);
  assert.equal(secondsLeft(70, 60, 0.1), 0);
  assert.equal(secondsLeft(30, undefined, 0.75), 10);
  assert.equal(secondsLeft(30, undefined, 0.01), null);
});
