import { useEffect, useState } from "react";
import type { Failure } from "../../api/failure";
import type { Event } from "../../api/schema";
import { watchExperiment, type StreamState } from "../../api/events";
import { advance, emptyRun, type Run } from "../../lib/run";

export interface LiveRun {
  run: Run;
  stream: StreamState;
  failure: Failure | undefined;
}

/** Follows an experiment. Events that come together are taken in together, once a frame. */
export function useRun(id: string): LiveRun {
  const [live, setLive] = useState<LiveRun>({ run: emptyRun, stream: "connecting", failure: undefined });
  useEffect(() => {
    const controller = new AbortController();
    let waiting: Event[] = [];
    let frame = 0;
    const flush = () => {
      frame = 0;
      const events = waiting;
      waiting = [];
      setLive((before) => ({ ...before, run: advance(before.run, events) }));
    };
    setLive({ run: emptyRun, stream: "connecting", failure: undefined });
    void watchExperiment(
      id,
      {
        onEvents: (events) => {
          waiting.push(...events);
          // Not requestAnimationFrame: a page in the background should keep up, too.
          frame ||= window.setTimeout(flush, 50);
        },
        onState: (stream, failure) => setLive((before) => ({ ...before, stream, failure })),
      },
      controller.signal,
    );
    return () => {
      controller.abort();
      clearTimeout(frame);
    };
  }, [id]);
  return live;
}
