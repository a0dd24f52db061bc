import assert from "node:assert/strict";
import { test } from "node:test";
import { createElement } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { VirtualTable } from "../../src/components/VirtualTable";

test("a table of 2,000 rows keeps a few in the page and says its true size", async () => {
  const host = document.createElement("div");
  document.body.append(host);
  const root = createRoot(host);
  const columns = [
    { key: "a", header: "A", width: 100 },
    { key: "b", header: "B", width: 100 },
  ];
  const row = (index: number) => [String(index), `row ${index}`];
  flushSync(() => root.render(createElement(VirtualTable, { label: "Numbers", columns, rowCount: 2000, row })));
  const table = host.querySelector("table");
  assert.equal(table?.getAttribute("aria-rowcount"), "2001");
  const shown = () => [...host.querySelectorAll("tbody tr[aria-rowindex]")];
  assert.ok(shown().length < 40);
  const box = host.firstElementChild as HTMLElement;
  Object.defineProperty(box, "scrollTop", { value: 44_000, configurable: true });
  box.dispatchEvent(new Event("scroll", { bubbles: true }));
  for (let turn = 0; turn < 200 && shown()[0]?.textContent?.includes("row 0"); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.ok(shown().some((other) => other.textContent?.includes("row 1000")));
  assert.ok(!shown().some((other) => other.textContent?.includes("row 0")));
  root.unmount();
});
