import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAgo, formatBytes, formatDuration, formatNumber, formatPercent, plural } from "../../src/lib/format";

test("numbers show four digits that count", () => {
  assert.equal(formatNumber(0.890934), "0.8909");
  assert.equal(formatNumber(1234567), "1,235,000");
  assert.equal(formatNumber(0.00001234), "1.23E-5");
  assert.equal(formatNumber(0), "0");
  assert.equal(formatNumber(null), "–");
  assert.equal(formatNumber(Number.NaN), "–");
});

test("durations take the unit that suits them", () => {
  const cases: [number, string][] = [
    [0, "0 s"],
    [0.0001, "< 1 ms"],
    [0.0356, "35.6 ms"],
    [0.25, "250 ms"],
    [4.23, "4.2 s"],
    [59.9, "59.9 s"],
    [60, "1 min"],
    [185, "3 min 5 s"],
    [7800, "2 h 10 min"],
    [3600, "1 h"],
    [90_000, "1 d 1 h"],
    [59.97, "1 min"],
  ];
  for (const [seconds, text] of cases) assert.equal(formatDuration(seconds), text);
});

test("sizes and shares", () => {
  assert.equal(formatBytes(858), "858 bytes");
  assert.equal(formatBytes(19_432), "19.4 kB");
  assert.equal(formatBytes(3_500_000), "3.5 MB");
  assert.equal(formatBytes(999_600), "1 MB");
  assert.equal(formatPercent(0.199), "19.9%");
  assert.equal(formatPercent(0.0001), "< 0.1%");
  assert.equal(formatPercent(0), "0%");
  assert.equal(formatPercent(undefined), "–");
});

test("how long ago", () => {
  const now = Date.parse("2026-06-15T12:00:00Z");
  assert.equal(formatAgo("2026-06-15T11:59:50Z", now), "just now");
  assert.equal(formatAgo("2026-06-15T11:55:00Z", now), "5 minutes ago");
  assert.equal(formatAgo("2026-06-14T12:00:00Z", now), "yesterday");
  assert.match(formatAgo("2026-05-01T12:00:00Z", now), /May 1, 2026/);
});

test("counts agree with their nouns", () => {
  assert.equal(plural(1, "row"), "1 row");
  assert.equal(plural(2000, "row"), "2,000 rows");
});
