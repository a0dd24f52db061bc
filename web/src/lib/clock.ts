import { useEffect, useState } from "react";

/** The time in milliseconds, new every `every` milliseconds while `isRunning`. */
export function useNow(isRunning: boolean, every = 1000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isRunning) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [isRunning, every]);
  return now;
}
