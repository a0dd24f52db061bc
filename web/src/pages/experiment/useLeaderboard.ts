import { useEffect, useRef, useState } from "react";
import { call } from "../../api/client";
import { asFailure, type Failure } from "../../api/failure";
import type { Leaderboard } from "../../api/schema";

const shortestPause = 1200;

/**
 * The leaderboard, fetched anew when `version` changes: at most so often that fetching takes a fifth of the time, however
 * long the leaderboard is.
 */
export function useLeaderboard(
  id: string,
  version: string,
): { board: Leaderboard | undefined; failure: Failure | undefined } {
  const [board, setBoard] = useState<Leaderboard>();
  const [failure, setFailure] = useState<Failure>();
  const lastAt = useRef(0);
  const lastTook = useRef(0);
  useEffect(() => {
    const pause = Math.max(shortestPause, 5 * lastTook.current);
    const wait = Math.max(0, lastAt.current + pause - Date.now());
    const timer = setTimeout(
      () => {
        lastAt.current = Date.now();
        call("getLeaderboard", { path: { id } }).then(
          (answer) => {
            lastTook.current = Date.now() - lastAt.current;
            setBoard(answer);
            setFailure(undefined);
          },
          (error: unknown) => setFailure(asFailure(error)),
        );
      },
      lastAt.current === 0 ? 0 : wait,
    );
    // A request on its way is left to end: with trials ending every moment, none would ever arrive.
    return () => clearTimeout(timer);
  }, [id, version]);
  return { board: board?.experiment_id === id ? board : undefined, failure };
}
