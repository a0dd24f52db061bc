import { useEffect, useState } from "react";

const prefix = "martlet.draft.";

function read<T>(key: string): T | undefined {
  try {
    const text = sessionStorage.getItem(prefix + key);
    return text === null ? undefined : (JSON.parse(text) as T);
  } catch {
    return undefined;
  }
}

/** State that outlives leaving the page and reloading it, for the tab's life: nothing typed is lost. */
export function useDraft<T>(key: string, standard: T): [T, (value: T) => void, () => void] {
  const [value, setValue] = useState<T>(() => read<T>(key) ?? standard);
  useEffect(() => {
    try {
      sessionStorage.setItem(prefix + key, JSON.stringify(value));
    } catch {
      // Storage is full or refused: the draft then lasts as long as the page.
    }
  }, [key, value]);
  const clear = () => {
    setValue(standard);
    sessionStorage.removeItem(prefix + key);
  };
  return [value, setValue, clear];
}

export function dropDraft(key: string): void {
  sessionStorage.removeItem(prefix + key);
}
