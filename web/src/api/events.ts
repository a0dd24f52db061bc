import { address, send } from "./client";
import { asFailure, type Failure } from "./failure";
import type { Event } from "./schema";

export type StreamState = "connecting" | "open" | "waiting" | "ended";

export interface Watcher {
  onEvents: (events: Event[]) => void;
  onState: (state: StreamState, failure?: Failure) => void;
}

export interface Frame {
  id: string | null;
  event: string;
  data: string;
}

/** Takes the text of an event stream in parts and gives the frames that are complete. */
export class FrameReader {
  private rest = "";

  push(text: string): Frame[] {
    const whole = this.rest + text;
    // A carriage return at the end may be the first half of a line's end.
    const held = whole.endsWith("\r") ? "\r" : "";
    const blocks = whole
      .slice(0, whole.length - held.length)
      .replace(/\r\n?/g, "\n")
      .split("\n\n");
    this.rest = (blocks.pop() ?? "") + held;
    return blocks.map(readFrame).filter((frame): frame is Frame => frame !== null);
  }
}

function readFrame(block: string): Frame | null {
  const frame: Frame = { id: null, event: "message", data: "" };
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon === 0) continue;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "id") frame.id = value;
    else if (name === "event") frame.event = value;
    else if (name === "data") data.push(value);
  }
  if (data.length === 0) return null;
  frame.data = data.join("\n");
  return frame;
}

/** Seconds to wait before the n-th attempt after a lost connection. */
export const pauseBefore = (attempt: number): number => Math.min(15, 2 ** Math.min(attempt, 4) - 0.5);

const finalStates = new Set(["completed", "failed", "cancelled"]);

/**
 * Watches an experiment until it ends or `signal` says stop. A lost connection is taken up again after the last event seen.
 * `fetch` and not EventSource, so that the token goes in a header field and not in the address.
 */
export async function watchExperiment(id: string, watcher: Watcher, signal: AbortSignal): Promise<void> {
  let last: string | null = null;
  let attempt = 0;
  while (!signal.aborted) {
    watcher.onState("connecting");
    let failure: Failure | undefined;
    try {
      const headers: Record<string, string> = { Accept: "text/event-stream" };
      if (last !== null) headers["Last-Event-ID"] = last;
      const response = await send("GET", address("watchExperiment", { id }), undefined, signal, headers);
      if (response.status === 204 || !response.body) return watcher.onState("ended");
      watcher.onState("open");
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const frames = new FrameReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        attempt = 0;
        const events: Event[] = [];
        for (const frame of frames.push(value)) {
          if (frame.id !== null) last = frame.id;
          events.push(JSON.parse(frame.data) as Event);
        }
        if (events.length > 0) watcher.onEvents(events);
        if (events.some((event) => event.kind === "state" && finalStates.has(event.state))) {
          return watcher.onState("ended");
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      failure = asFailure(error);
      if (failure.status >= 400 && !failure.isTemporary) return watcher.onState("waiting", failure);
    }
    attempt += 1;
    watcher.onState("waiting", failure);
    await pause(pauseBefore(attempt), signal);
  }
}

/** Waits so many seconds, or until the machine is connected again, or until it is of no use to wait. */
function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, seconds * 1000);
    addEventListener("online", end);
    signal.addEventListener("abort", end);
  });
}
