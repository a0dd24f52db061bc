import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRoute, paths } from "../../src/lib/router";

test("every address leads to its page", () => {
  assert.deepEqual(parseRoute("/"), { name: "home" });
  assert.deepEqual(parseRoute("/datasets/"), { name: "datasets" });
  assert.deepEqual(parseRoute("/experiments/new"), { name: "newExperiment" });
  for (const [path, name] of [
    [paths.dataset("a b"), "dataset"],
    [paths.train("a b"), "train"],
    [paths.experiment("a b"), "experiment"],
    [paths.model("a b"), "model"],
    [paths.predict("a b"), "predict"],
  ] as const) {
    assert.deepEqual(parseRoute(path), { name, id: "a b" });
  }
});

test("what is no page is none, and a broken escape is taken as it is", () => {
  assert.equal(parseRoute("/nowhere").name, "notFound");
  assert.equal(parseRoute("/datasets/a/b/c").name, "notFound");
  assert.deepEqual(parseRoute("/datasets/%E0%A4%A"), { name: "dataset", id: "%E0%A4%A" });
});
