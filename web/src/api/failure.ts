import type { Problem } from "./schema";

/** What went wrong with a call, as the server's problem document says, or as the network lets one guess. */
export class Failure extends Error {
  constructor(
    /** The HTTP status; 0 where there was no answer. */
    readonly status: number,
    readonly title: string,
    message: string,
    /** The kind of problem, the last part of the document's `type`. */
    readonly code: string = "",
    /** What is wrong with which field. */
    readonly fields: readonly { field: string; message: string }[] = [],
  ) {
    super(message);
  }

  static unreachable(): Failure {
    return new Failure(
      0,
      "The server does not answer",
      "Is it running, and is this machine connected to it?",
      "unreachable",
    );
  }

  /** What is wrong with one field, if it is at fault. */
  field(name: string): string | undefined {
    return this.fields.find((entry) => entry.field === name || entry.field.startsWith(`${name}.`))?.message;
  }

  /** Whether the same call may succeed a little later. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const advice: Record<number, string> = {
  401: "Sign in with the token of this server.",
  403: "This server does not allow it.",
  404: "It may have been deleted, or the address is mistyped.",
  413: "Make it smaller, or raise the server's limit.",
  503: "Try again in a moment.",
};

/** What to do about a failure, where there is something general to say. */
export const adviceFor = (failure: Failure): string | undefined => advice[failure.status];

/** A failure from the answer of a server (or of something in front of it that knows no problem documents). */
export function readProblem(status: number, text: string): Failure {
  let problem: Partial<Problem> = {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) problem = value as Partial<Problem>;
  } catch {
    // Not a problem document: the status has to do.
  }
  const fields = Array.isArray(problem.errors) ? problem.errors : [];
  const code = typeof problem.type === "string" ? problem.type.split(":").at(-1) : "";
  return new Failure(status, problem.title ?? `Status ${status}`, problem.detail ?? fallback(status), code, fields);
}

function fallback(status: number): string {
  if (status >= 500) return "The server failed at this; its log tells more.";
  return `The server answered with status ${status} and did not say why.`;
}

/** Anything that was thrown, as a failure. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure(-1, "Something went wrong in this page", error instanceof Error ? error.message : String(error));
}
