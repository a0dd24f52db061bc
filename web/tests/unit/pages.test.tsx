// Pages in jsdom, with the true React and MUI. React's act() is not in production builds, so tests wait for what they expect.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { createElement } from "react";
import { flushSync } from "react-dom";
import { createRoot, type Root } from "react-dom/client";
import { session } from "../../src/api/session";
import { App } from "../../src/app";
import { forget } from "../../src/lib/resource";
import { navigate } from "../../src/lib/router";

type Answer = { status?: number; body: unknown };
let answers: Record<string, Answer> = {};
let asked: { method: string; path: string; body: unknown }[] = [];
let root: Root;
let host: HTMLElement;

beforeEach(() => {
  answers = {};
  asked = [];
  forget();
  sessionStorage.clear();
  mock.method(globalThis, "fetch", async (url: string, init: RequestInit) => {
    const path = url.replace("/api/v1", "").split("?")[0] ?? "";
    const method = init.method ?? "GET";
    asked.push({ method, path, body: init.body ? JSON.parse(String(init.body)) : undefined });
    const answer = answers[`${method} ${path}`] ?? { status: 404, body: problem(404, `nothing at ${path}`) };
    const type = (answer.status ?? 200) < 400 ? "application/json" : "application/problem+json";
    return new Response(JSON.stringify(answer.body), {
      status: answer.status ?? 200,
      headers: { "Content-Type": type },
    });
  });
});

afterEach(() => {
  root.unmount();
  host.remove();
  mock.restoreAll();
  session.signOut();
});

const problem = (status: number, detail: string, errors: object[] = []) => ({
  type: "urn:martlet:problem:x",
  title: "Wrong",
  status,
  detail,
  errors,
});

function open(path: string): void {
  navigate(path);
  host = document.createElement("div");
  document.body.append(host);
  root = createRoot(host);
  flushSync(() => root.render(createElement(App)));
}

/** Waits until `find` gives something; fails with what the page shows instead. */
async function until<T>(find: () => T | null | undefined | false, what: string): Promise<T> {
  for (let turn = 0; turn < 1000; turn += 1) {
    const found = find();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`${what} did not come; the page shows: ${document.body.textContent}`);
}

const button = (text: string) =>
  [...document.querySelectorAll("button")].find((other) => other.textContent?.includes(text));
const dataset = {
  id: "d1",
  name: "titanic",
  rows: 891,
  bytes: 19_432,
  created_at: "2026-01-01T00:00:00Z",
  columns: [
    { name: "Age", type: "float", missing: 177, distinct: 88 },
    { name: "Survived", type: "integer", missing: 0, distinct: 2 },
  ],
};
const profileColumn = (name: string, castable: string[], task: string) => ({
  name,
  type: castable[0],
  missing: 0,
  distinct: 2,
  warnings: [],
  castable,
  target_task: task,
});

function trainAnswers(): void {
  answers["GET /datasets/d1"] = { body: dataset };
  answers["GET /datasets/d1/profile"] = {
    body: {
      rows: 891,
      suggested_target: "Survived",
      columns: [
        profileColumn("Age", ["float"], "regression"),
        profileColumn("Survived", ["integer", "categorical"], "binary"),
      ],
    },
  };
  answers["GET /learners"] = {
    body: { items: [{ name: "linear", title: "Linear", description: "A sum.", tasks: ["binary"] }], next_cursor: null },
  };
  answers["POST /experiments/plan"] = {
    body: {
      task: "binary",
      task_reason: "the target has two values",
      metric: "roc_auc",
      metrics: [{ name: "roc_auc", greater_is_better: true }],
      class_count: 2,
      classes: [
        { value: "0", count: 549 },
        { value: "1", count: 342 },
      ],
      rows: 891,
      rows_without_target: 0,
      validation: "5-fold cross-validation",
      models_per_trial: 5,
      columns: [{ name: "Age", type: "float", is_used: true, strength: 0.9, is_leaking: true }],
      leaks: [{ kind: "column", columns: ["Age"], strength: 0.9, evidence: '"Age" alone tells 90.0 % of "Survived"' }],
      relations: [
        {
          kind: "repeats",
          columns: [],
          rows: 40,
          groups: 20,
          strength: 0.1,
          kept: true,
          evidence: "40 rows are equal",
        },
        { kind: "time", columns: ["Day"], rows: 400, groups: 9, strength: 0.4, kept: false, evidence: "rows change" },
      ],
      learners: [{ name: "linear", is_suitable: true, seconds: 1 }],
      estimate: { seconds_per_trial: 1, trials: 120, seconds: 120, basis: "guessed" },
    },
  };
}

test("home teaches who has nothing yet", async () => {
  answers["GET /experiments"] = { body: { items: [], next_cursor: null } };
  answers["GET /datasets"] = { body: { items: [], next_cursor: null } };
  answers["GET /examples"] = {
    body: {
      items: [
        {
          name: "iris",
          title: "Iris flowers",
          description: "Flowers.",
          target: "species",
          task: "multiclass",
          rows: 150,
          columns: 5,
          source: "",
          licence: "",
        },
      ],
      next_cursor: null,
    },
  };
  open("/");
  await until(() => document.body.textContent?.includes("Name the column to predict"), "the steps");
  await until(() => document.querySelector('[aria-label="Use the example Iris flowers"]'), "the example");
  await until(() => document.title === "Learn from a table – Martlet", "the title");
  assert.equal(document.querySelectorAll("h1").length, 1);
});

test("from a dataset, one more click starts an experiment", async () => {
  trainAnswers();
  answers["POST /experiments"] = { status: 201, body: { id: "e1" } };
  open("/datasets/d1/train");
  const start = await until(() => button("Start training"), "the button");
  await until(() => document.body.textContent?.includes("5-fold cross-validation"), "the plan");
  start.click();
  await until(() => location.pathname === "/experiments/e1", "the experiment's page");
  const created = asked.find((call) => call.method === "POST" && call.path === "/experiments");
  assert.deepEqual(created?.body, { dataset_id: "d1", target: "Survived", time_budget_seconds: 120, seed: 0 });
});

test("a column that tells the target can be left out at once", async () => {
  trainAnswers();
  open("/datasets/d1/train");
  const leave = await until(() => button("Leave it out"), "the warning");
  leave.click();
  await until(
    () => asked.some((call) => JSON.stringify(call.body ?? {}).includes('"exclude":["Age"]')),
    "another plan",
  );
  await until(() => !button("Leave it out"), "the warning's end");
});

test("rows that belong together can be divided by chance, and the latest be held out", async () => {
  trainAnswers();
  open("/datasets/d1/train");
  const said = (text: string) => asked.some((call) => JSON.stringify(call.body ?? {}).includes(text));
  const divide = await until(() => button("Divide by chance"), "what was found");
  divide.click();
  await until(() => said('"validation":"random"'), "a plan by chance");
  const latest = await until(() => button("Hold out the latest"), "the time");
  latest.click();
  await until(() => said('"holdout":0.2,"time":"Day"'), "a plan by time");
});

test("what the server refuses is said, and the form stays", async () => {
  trainAnswers();
  answers["POST /experiments"] = {
    status: 422,
    body: problem(422, "seed: too odd", [{ field: "seed", message: "too odd" }]),
  };
  open("/datasets/d1/train");
  const start = await until(() => button("Start training"), "the button");
  await until(() => document.body.textContent?.includes("5-fold cross-validation"), "the plan");
  start.click();
  await until(
    () => [...document.querySelectorAll('[role="alert"]')].some((alert) => alert.textContent?.includes("too odd")),
    "the refusal",
  );
  assert.equal(location.pathname, "/datasets/d1/train");
});

test("a type changed on the dataset's page is taken by the next training", async () => {
  trainAnswers();
  open("/datasets/d1");
  const choice = await until(
    () => document.querySelector<HTMLSelectElement>('select[aria-label="Type of Survived"]'),
    "the choice",
  );
  choice.value = "categorical";
  choice.dispatchEvent(new Event("change", { bubbles: true }));
  await until(() => document.body.textContent?.includes("1 type changed"), "the notice");
  flushSync(() => navigate("/datasets/d1/train"));
  await until(
    () => asked.some((call) => JSON.stringify(call.body ?? {}).includes('"types":{"Survived":"categorical"}')),
    "the plan",
  );
});

const idleCluster = {
  workers: [],
  slots: 0,
  busy_slots: 0,
  queue_lag: 0,
  running_experiments: 0,
  queued_experiments: 0,
  storage: [],
  links: [],
};

test("trials that were given up stand on the cluster's page with what became of their workers", async () => {
  answers["GET /cluster"] = { body: idleCluster };
  answers["GET /cluster/dead-letters"] = {
    body: {
      items: [
        {
          at: new Date().toISOString(),
          experiment_id: "e1",
          trial: 2,
          learner: "linear",
          reason: "3 workers ended with it or failed at it",
          starts: [{ worker: "w1" }, { worker: "w2", failure: "it is refused" }],
        },
      ],
      next_cursor: null,
    },
  };
  open("/cluster");
  const table = await until(() => document.querySelector('table[aria-label="Trials given up"]'), "the table");
  assert.match(table.textContent ?? "", /linearw1: not heard of againw2: it is refused/);
  assert.ok(table.querySelector('a[href="/experiments/e1"]'));
});

test("a run that was cut by memory says so over its leaderboard", async () => {
  answers["GET /datasets/d1"] = { body: dataset };
  answers["GET /experiments/e1"] = {
    body: {
      id: "e1",
      dataset_id: "d1",
      target: "Survived",
      task: "auto",
      state: "completed",
      progress: 1,
      trials: 2,
      trials_completed: 1,
      trials_failed: 1,
      best_score: 0.8,
      created_at: "2026-01-01T00:00:00Z",
    },
  };
  answers["GET /experiments/e1/leaderboard"] = {
    body: {
      experiment_id: "e1",
      task: "binary",
      metric: "roc_auc",
      greater_is_better: true,
      entries: [],
      memory_cut: { trials: 1, needed_bytes: 1_050_000_000, limit_bytes: 150_000_000 },
    },
  };
  open("/experiments/e1");
  const notice = await until(
    () => [...document.querySelectorAll('[role="alert"]')].find((one) => one.textContent?.includes("memory")),
    "the notice",
  );
  assert.match(
    notice.textContent ?? "",
    /cannot be compared with others: 1 trial was refused \(up to 1\.1 GB needed, 150 MB to be had\)/,
  );
});

test("a server that asks for a token gets one over the page, which stays", async () => {
  answers["GET /cluster"] = { status: 401, body: problem(401, "a token is needed") };
  open("/cluster");
  const field = await until(
    () => document.querySelector<HTMLInputElement>("input[type=password]"),
    "the field for the token",
  );
  assert.match(document.querySelector('[role="dialog"]')?.textContent ?? "", /MARTLET_API_TOKEN/);
  answers["GET /experiments"] = { body: { items: [], next_cursor: null } };
  answers["GET /cluster"] = { body: idleCluster };
  answers["GET /cluster/dead-letters"] = { body: { items: [], next_cursor: null } };
  const setter = Object.getOwnPropertyDescriptor(window.HTMLInputElement.prototype, "value")?.set;
  setter?.call(field, "secret");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  const signIn = await until(() => button("Sign in"), "the button");
  await until(() => !(signIn as HTMLButtonElement).disabled, "a button that can be pressed");
  signIn.click();
  await until(() => document.body.textContent?.includes("No workers"), "the page");
  assert.equal(sessionStorage.getItem("martlet.token"), "secret");
  assert.ok(!location.href.includes("secret"));
});

test("a page that is not there says so and leads home", async () => {
  open("/nowhere");
  await until(() => document.body.textContent?.includes("There is nothing at /nowhere"), "the page");
  assert.ok(document.querySelector('a[href="/"]'));
});

test("the score on later rows stands over the leaderboard", async () => {
  answers["GET /datasets/d1"] = { body: dataset };
  answers["GET /experiments/e1"] = {
    body: {
      id: "e1",
      dataset_id: "d1",
      target: "Survived",
      task: "auto",
      state: "completed",
      progress: 1,
      trials: 1,
      trials_completed: 1,
      trials_failed: 0,
      best_score: 0.8,
      created_at: "2026-01-01T00:00:00Z",
    },
  };
  answers["GET /experiments/e1/leaderboard"] = {
    body: {
      experiment_id: "e1",
      task: "binary",
      metric: "roc_auc",
      greater_is_better: true,
      entries: [],
      time_score: {
        time: "Day",
        model: "linear_0",
        score: 0.625,
        score_interval: [0.5, 0.75],
        trained_rows: 800,
        scored_rows: 200,
      },
    },
  };
  open("/experiments/e1");
  const notice = await until(
    () => [...document.querySelectorAll('[role="alert"]')].find((one) => one.textContent?.includes("later rows")),
    "the notice",
  );
  assert.match(
    notice.textContent ?? "",
    /ROC AUC 0\.625 \(0\.5 to 0\.75\).*along Day; linear_0 .*scored on the latest 200 rows/,
  );
});
