import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameReader, pauseBefore, watchExperiment, type StreamState } from "../../src/api/events";
import { session } from "../../src/api/session";
import type { Event } from "../../src/api/schema";

test("frames are complete however the text is cut", () => {
  const text = ': hello\n\nid: 7\nevent: state\ndata: {"a":\ndata: 1}\n\nid: 8\r\ndata: x\r\n\r\n';
  for (let cut = 1; cut < text.length; cut += 1) {
    const reader = new FrameReader();
    const frames = [...reader.push(text.slice(0, cut)), ...reader.push(text.slice(cut))];
    assert.deepEqual(
      frames,
      [
        { id: "7", event: "state", data: '{"a":\n1}' },
        { id: "8", event: "message", data: "x" },
      ],
      `cut at ${cut}`,
    );
  }
});

test("pauses between attempts grow, but not for ever", () => {
  const pauses = [1, 2, 3, 4, 5, 50].map(pauseBefore);
  assert.deepEqual(
    pauses,
    [...pauses].sort((one, other) => one - other),
  );
  assert.ok((pauses[0] ?? 9) < 2 && (pauses.at(-1) ?? 99) <= 15);
});

const frame = (sequence: number, state: string) =>
  `id: ${sequence}\nevent: state\ndata: ${JSON.stringify({ sequence, kind: "state", state, at: "2026-01-01T00:00:00Z", progress: 0 })}\n\n`;

test("a lost stream is taken up after the last event, with the token in a header field", async (t) => {
  const asked: { url: string; headers: Record<string, string> }[] = [];
  const answers = [frame(1, "running") + frame(2, "running"), frame(3, "completed")];
  t.mock.method(globalThis, "fetch", async (url: string, init: RequestInit) => {
    asked.push({ url, headers: init.headers as Record<string, string> });
    return new Response(answers[asked.length - 1], { headers: { "Content-Type": "text/event-stream" } });
  });
  session.signIn("secret");
  const seen: number[] = [];
  const states: StreamState[] = [];
  await watchExperiment(
    "e1",
    {
      onEvents: (events: Event[]) => seen.push(...events.map((event) => event.sequence)),
      onState: (state) => {
        states.push(state);
        // The wait for the next attempt ends early when the machine is connected again.
        if (state === "waiting") setTimeout(() => dispatchEvent(new Event("online")), 0);
      },
    },
    new AbortController().signal,
  );
  session.signOut();
  assert.deepEqual(seen, [1, 2, 3]);
  assert.deepEqual(states, ["connecting", "open", "waiting", "connecting", "open", "ended"]);
  assert.equal(asked[0]?.headers["Last-Event-ID"], undefined);
  assert.equal(asked[1]?.headers["Last-Event-ID"], "2");
  for (const { url, headers } of asked) {
    assert.equal(headers.Authorization, "Bearer secret");
    assert.ok(!url.includes("secret"));
  }
});

test("a watcher stops at what will not get better", async (t) => {
  const body = JSON.stringify({
    type: "urn:martlet:problem:not_found",
    title: "Not Found",
    status: 404,
    detail: "no such experiment",
  });
  const fetching = t.mock.method(globalThis, "fetch", async () => new Response(body, { status: 404 }));
  const failures: string[] = [];
  await watchExperiment(
    "e1",
    { onEvents: () => undefined, onState: (_state, failure) => failure && failures.push(failure.message) },
    new AbortController().signal,
  );
  assert.deepEqual(failures, ["no such experiment"]);
  assert.equal(fetching.mock.callCount(), 1);
});
