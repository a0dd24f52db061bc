import assert from "node:assert/strict";
import { test } from "node:test";
import { asFailure, Failure, readProblem } from "../../src/api/failure";
import { nameOf } from "../../src/api/upload";
import { checkForm, errorsOf, requestOf, standardForm } from "../../src/lib/experimentForm";
import { rangeLevel } from "../../src/lib/predictionForm";
import { rangeText } from "../../src/pages/predict/PredictionResult";
import { snippets } from "../../src/lib/snippets";

const form = { ...standardForm, target: "y" };

test("the standard form is right, and asks for what differs from the defaults alone", () => {
  assert.deepEqual(checkForm(form), {});
  assert.deepEqual(requestOf(form, "d", ["linear"]), {
    dataset_id: "d",
    target: "y",
    time_budget_seconds: 120,
    seed: 0,
  });
});

test("what is typed wrong is said, field by field", () => {
  const wrong = { ...form, target: "", minutes: "soon", seed: "-1", validation: "folds" as const, folds: "1" };
  assert.deepEqual(Object.keys(checkForm(wrong)).sort(), ["folds", "minutes", "seed", "target"]);
  assert.ok(checkForm({ ...form, validation: "time" }).time);
  assert.ok(checkForm({ ...form, validation: "holdout", holdout: "7" }).holdout);
  // A field that does not count where it is now is no error.
  assert.deepEqual(checkForm({ ...form, budget: "trials", minutes: "soon" }), {});
});

test("choices become the request", () => {
  const all = {
    ...form,
    budget: "trials" as const,
    trials: "12",
    validation: "time" as const,
    time: "day",
    holdout: "25",
    group: "g",
    exclude: ["id", "y"],
    types: { zip: "categorical" as const },
    without: ["linear"],
    metric: "f1" as const,
    positive: "no",
    threshold: " recall>=0.8 ",
  };
  assert.deepEqual(requestOf(all, "d", ["linear", "random_forest"]), {
    dataset_id: "d",
    target: "y",
    metric: "f1",
    trials: 12,
    holdout: 0.25,
    time: "day",
    exclude: ["id"],
    types: { zip: "categorical" },
    learners: ["random_forest"],
    positive: "no",
    threshold: "recall>=0.8",
    seed: 0,
  });
  assert.equal(requestOf({ ...form, minutes: "0,5" }, "d", []).time_budget_seconds, 30);
});

test("what the server finds wrong lands at its field", () => {
  const fields = [
    { field: "types.zip", message: "no" },
    { field: "time_budget_seconds", message: "too long" },
    { field: "other", message: "?" },
  ];
  assert.deepEqual(errorsOf(fields), { types: "zip: no", minutes: "too long" });
});

test("failures say what a problem document says, or do without one", () => {
  const body = {
    type: "urn:martlet:problem:unclosed_quote",
    title: "Unprocessable Content",
    status: 422,
    detail: "line 3: a quote",
  };
  const failure = readProblem(422, JSON.stringify({ ...body, errors: [{ field: "types.zip", message: "no" }] }));
  assert.deepEqual(
    [failure.code, failure.message, failure.field("types")],
    ["unclosed_quote", "line 3: a quote", "no"],
  );
  assert.ok(!failure.isTemporary);
  assert.ok(readProblem(502, "<html>").isTemporary);
  assert.equal(asFailure(new TypeError("x")).message, "x");
  assert.equal(Failure.unreachable().status, 0);
});

test("datasets are called after their files", () => {
  assert.equal(nameOf("a.b.csv.gz"), "a.b");
  assert.equal(nameOf(".csv"), ".csv");
  assert.equal([...nameOf("é".repeat(300))].length, 200);
});

test("code to copy survives quotes, and names no token but a variable", () => {
  const example = { 'it\'s "so"': `"#\\`, n: 1, none: null };
  const all = snippets({ origin: "http://h:1", modelID: "m", example, needsToken: true });
  assert.deepEqual(
    all.map((snippet) => snippet.key),
    ["curl", "python", "swift", "cli"],
  );
  const [curl, python, swift] = all.map((snippet) => snippet.code);
  assert.ok(curl?.includes(`'\\''`) && curl.includes("$MARTLET_API_TOKEN"));
  const literal = /json\.loads\((".*")\)/.exec(python ?? "")?.[1] ?? "";
  assert.deepEqual(JSON.parse(JSON.parse(literal)), [example]);
  assert.ok(swift?.includes('##"{'));
});

test("ranges are asked for at a level that the model has, and told in words", () => {
  const schema = { target: "y", task: "regression" as const, classes: [], columns: [], example: {} };
  assert.equal(rangeLevel(schema), undefined);
  assert.equal(rangeLevel({ ...schema, highest_interval: 0.9999 }), 0.9);
  assert.equal(rangeLevel({ ...schema, highest_interval: 0.8182 }), 0.81);
  assert.match(
    rangeText({ level: 0.9, interval: [1, 2.5] }),
    /90% of rows like this the truth lies between 1 and 2\.5/,
  );
  assert.match(rangeText({ level: 0.9, labels: ["no"] }), /the truth is no\./);
  assert.match(rangeText({ level: 0.9, labels: ["a", "b", "c"] }), /the truth is a, b or c\./);
});
