// Makes Node a browser as far as the tests need it: jsdom's names become global ones.
import { createRequire } from "node:module";
const { JSDOM } = createRequire(import.meta.url)("jsdom");
const dom = new JSDOM("<!doctype html><body></body>", { url: "http://127.0.0.1/", pretendToBeVisual: true });
const page = dom.window;

for (const name of Object.getOwnPropertyNames(page)) {
  if (name in globalThis) continue;
  try {
    globalThis[name] = page[name];
  } catch {
    // Some of jsdom's names cannot be read here; no test needs them.
  }
}
globalThis.window = page;
for (const name of ["document", "location", "history", "sessionStorage", "localStorage"]) {
  Object.defineProperty(globalThis, name, { value: page[name], configurable: true });
}
const own = ["Event", "EventTarget", "CustomEvent", "MouseEvent", "Node", "Element", "HTMLElement", "File", "FormData"];
for (const name of own) globalThis[name] = page[name];
for (const name of ["addEventListener", "removeEventListener", "dispatchEvent"])
  globalThis[name] = page[name].bind(page);
Object.defineProperty(globalThis, "navigator", { value: page.navigator, configurable: true });

const noListeners = { addEventListener() {}, removeEventListener() {}, addListener() {}, removeListener() {} };
page.matchMedia = globalThis.matchMedia = (media) => ({ matches: false, media, ...noListeners });
globalThis.ResizeObserver = page.ResizeObserver = class {
  observe() {}
  disconnect() {}
  unobserve() {}
};
page.scrollTo = () => {};
