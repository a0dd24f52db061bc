import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const web = process.env.MARTLET_WEB ?? ".";
const site = process.env.MARTLET_WEB_SITE ?? "";

test("the API's types are those of openapi.json", () => {
  const script = join(web, "scripts/generate-api.mjs");
  const should = execFileSync("node", [script, "--print"], { encoding: "utf8" });
  assert.ok(should === readFileSync(join(web, "src/api/schema.ts"), "utf8"), "run web/scripts/generate-api.mjs");
});

test("every name that a shim gives exists in what it is a shim of", async (t) => {
  const vendor = join(site, "vendor");
  const [hash] = existsSync(vendor) ? readdirSync(vendor) : [];
  const folder = join(vendor, hash ?? "");
  if (!existsSync(join(folder, "react/index.js"))) return t.skip("built with npm, which needs no shims");
  for (const name of [
    "react/index.js",
    "react/jsx-runtime.js",
    "react-dom/index.js",
    "react-dom/client.js",
    "@mui/material/index.js",
    "@mui/material/styles.js",
  ]) {
    const module = (await import(join(folder, name))) as Record<string, unknown>;
    const missing = Object.keys(module).filter((key) => module[key] === undefined);
    assert.deepEqual(missing, [], name);
  }
});

test("the page loads nothing from elsewhere, and has no script of its own but the import map", () => {
  const page = readFileSync(join(site, "index.html"), "utf8");
  for (const [, address] of page.matchAll(/(?:src|href)="([^"]*)"/g)) assert.match(address ?? "", /^\/[^/]/);
  const inline = [...page.matchAll(/<script(?![^>]*\bsrc=)([^>]*)>/g)].map((match) => match[1]?.trim());
  assert.ok(inline.length <= 1 && inline.every((kind) => kind === 'type="importmap"'), inline.join());
});

test("addresses in the page lead to files", () => {
  const page = readFileSync(join(site, "index.html"), "utf8");
  for (const [, address] of page.matchAll(/"(\/(?:app|vendor)\/[^"]*)"/g))
    assert.ok(existsSync(join(site, address ?? "")), address);
});
