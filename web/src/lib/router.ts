import { useSyncExternalStore } from "react";

export type Route =
  | { name: "home" }
  | { name: "datasets" }
  | { name: "dataset"; id: string }
  | { name: "train"; id: string }
  | { name: "experiments" }
  | { name: "newExperiment" }
  | { name: "experiment"; id: string }
  | { name: "model"; id: string }
  | { name: "predict"; id: string }
  | { name: "cluster" }
  | { name: "signIn" }
  | { name: "notFound" };

const fixed: Record<string, Route> = {
  "/": { name: "home" },
  "/datasets": { name: "datasets" },
  "/experiments": { name: "experiments" },
  "/experiments/new": { name: "newExperiment" },
  "/cluster": { name: "cluster" },
  "/sign-in": { name: "signIn" },
};

const withID: readonly (readonly [RegExp, "dataset" | "train" | "experiment" | "model" | "predict"])[] = [
  [/^\/datasets\/([^/]+)$/, "dataset"],
  [/^\/datasets\/([^/]+)\/train$/, "train"],
  [/^\/experiments\/([^/]+)$/, "experiment"],
  [/^\/models\/([^/]+)$/, "model"],
  [/^\/models\/([^/]+)\/predict$/, "predict"],
];

/** The page an address names. */
export function parseRoute(path: string): Route {
  const bare = path.length > 1 ? path.replace(/\/+$/, "") : path;
  const known = fixed[bare];
  if (known) return known;
  for (const [pattern, name] of withID) {
    const id = pattern.exec(bare)?.[1];
    if (id !== undefined) return { name, id: decode(id) };
  }
  return { name: "notFound" };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Addresses of pages. */
export const paths = {
  home: "/",
  datasets: "/datasets",
  dataset: (id: string) => `/datasets/${encodeURIComponent(id)}`,
  train: (id: string) => `/datasets/${encodeURIComponent(id)}/train`,
  experiments: "/experiments",
  newExperiment: "/experiments/new",
  experiment: (id: string) => `/experiments/${encodeURIComponent(id)}`,
  model: (id: string) => `/models/${encodeURIComponent(id)}`,
  predict: (id: string) => `/models/${encodeURIComponent(id)}/predict`,
  cluster: "/cluster",
  signIn: "/sign-in",
};

const listeners = new Set<() => void>();
const notify = () => listeners.forEach((listener) => listener());

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    removeEventListener("popstate", listener);
  };
}

/** Goes to a page; with `replace` the back button passes over the page left. */
export function navigate(path: string, options: { replace?: boolean } = {}): void {
  if (options.replace) history.replaceState(null, "", path);
  else history.pushState(null, "", path);
  notify();
}

export const usePath = (): string => useSyncExternalStore(subscribe, () => location.pathname);

const readSearch = () => location.search;

/** One value of the address's query, and how to change it: for tabs and choices that a link should carry. */
export function useQueryValue(name: string, standard: string): [string, (value: string) => void] {
  const search = useSyncExternalStore(subscribe, readSearch);
  const value = new URLSearchParams(search).get(name) ?? standard;
  const set = (next: string) => {
    const query = new URLSearchParams(location.search);
    if (next === standard) query.delete(name);
    else query.set(name, next);
    const text = query.toString();
    navigate(location.pathname + (text ? `?${text}` : ""), { replace: true });
  };
  return [value, set];
}
