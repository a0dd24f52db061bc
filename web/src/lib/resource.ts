import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { asFailure, type Failure } from "../api/failure";
import { session } from "../api/session";

/** What has been loaded lately, so that going back shows a page at once while it is loaded anew. */
const memory = new Map<string, unknown>();
const memoryLimit = 60;

function remember(key: string, value: unknown): void {
  memory.delete(key);
  memory.set(key, value);
  const oldest = memory.keys().next().value;
  if (memory.size > memoryLimit && oldest !== undefined) memory.delete(oldest);
}

/** Forgets what is remembered under keys that start with `prefix`. */
export function forget(prefix = ""): void {
  for (const key of memory.keys()) if (key.startsWith(prefix)) memory.delete(key);
}

export interface Resource<T> {
  data: T | undefined;
  failure: Failure | undefined;
  isLoading: boolean;
  reload: () => void;
}

interface Held<T> {
  key: string | null;
  data: T | undefined;
  failure: Failure | undefined;
  isLoading: boolean;
}

/**
 * What `load` gives, for a component. `key` names it: another key loads anew, null loads nothing. What was there stays
 * while it is loaded again. `every` reloads after so many milliseconds while the page can be seen.
 */
export function useResource<T>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<T>,
  every: number | null = null,
): Resource<T> {
  const [held, setHeld] = useState<Held<T>>(() => initial<T>(key));
  const [turn, setTurn] = useState(0);
  const login = useSyncExternalStore(session.subscribe, session.snapshot).turn;
  const loader = useRef(load);
  loader.current = load;

  useEffect(() => {
    if (key === null) {
      setHeld(initial<T>(null));
      return undefined;
    }
    const controller = new AbortController();
    setHeld((before) => (before.key === key ? { ...before, isLoading: true } : initial<T>(key)));
    loader.current(controller.signal).then(
      (data) => {
        if (controller.signal.aborted) return;
        remember(key, data);
        setHeld({ key, data, failure: undefined, isLoading: false });
      },
      (error: unknown) => {
        if (controller.signal.aborted) return;
        setHeld((before) => ({ ...before, failure: asFailure(error), isLoading: false }));
      },
    );
    return () => controller.abort();
  }, [key, turn, login]);

  const reload = useCallback(() => setTurn((before) => before + 1), []);
  useEffect(() => {
    if (every === null || key === null) return undefined;
    const timer = setInterval(() => document.hidden || reload(), every);
    return () => clearInterval(timer);
  }, [every, key, reload]);

  const own = held.key === key ? held : initial<T>(key);
  return { data: own.data, failure: own.failure, isLoading: own.isLoading, reload };
}

function initial<T>(key: string | null): Held<T> {
  const data = key === null ? undefined : (memory.get(key) as T | undefined);
  return { key, data, failure: undefined, isLoading: key !== null };
}
