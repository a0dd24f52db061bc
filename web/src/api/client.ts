import { routes, type OperationName, type Operations } from "./schema";
import { readProblem, Failure } from "./failure";
import { session } from "./session";

type Values = Record<string, string | number | boolean | undefined>;

/** What a call needs besides its name: only what the document declares for it. */
export type CallInput<Name extends OperationName> = {
  signal?: AbortSignal;
} & ([Operations[Name]["path"]] extends [never] ? unknown : { path: Operations[Name]["path"] }) &
  ([Operations[Name]["query"]] extends [never] ? unknown : { query?: Operations[Name]["query"] }) &
  ([Operations[Name]["body"]] extends [never] ? unknown : { body: Operations[Name]["body"] });

/** The address of a call on this server. */
export function address(name: OperationName, path: Values = {}, query: Values = {}): string {
  const filled = routes[name][1].replace(/\{(\w+)\}/g, (_all, key: string) => encodeURIComponent(String(path[key])));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
  const text = search.toString();
  return text ? `${filled}?${text}` : filled;
}

/** A call as the document describes it; throws `Failure` with what the server says is wrong. */
export async function call<Name extends OperationName>(
  name: Name,
  input: CallInput<Name>,
): Promise<Operations[Name]["answer"]> {
  const given = input as { path?: Values; query?: Values; body?: unknown; signal?: AbortSignal };
  const response = await send(routes[name][0], address(name, given.path, given.query), given.body, given.signal);
  if (response.status === 204) return undefined as Operations[Name]["answer"];
  const type = response.headers.get("Content-Type") ?? "";
  const answer: unknown = type.startsWith("application/json") ? await response.json() : await response.blob();
  return answer as Operations[Name]["answer"];
}

/** Sends a request with the token of this tab; the answer is one of success. */
export async function send(
  method: string,
  url: string,
  body?: unknown,
  signal?: AbortSignal,
  extra: Record<string, string> = {},
): Promise<Response> {
  const headers: Record<string, string> = { ...session.headers(), ...extra };
  const init: RequestInit = { method, headers, credentials: "omit" };
  if (signal) init.signal = signal;
  if (body instanceof Blob) init.body = body;
  else if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw Failure.unreachable();
  }
  if (response.ok) return response;
  const failure = readProblem(response.status, await response.text().catch(() => ""));
  if (response.status === 401) session.refuse();
  throw failure;
}
