import { Skeleton, Stack } from "@mui/material";
import type { ReactNode } from "react";
import type { Resource } from "../lib/resource";
import { FailureNotice } from "./FailureNotice";

interface LoadedProps<T> {
  of: Resource<T>;
  /** What is being loaded, for messages: "the datasets". */
  what: string;
  /** How many lines stand in while it loads. */
  lines?: number;
  children: (data: T) => ReactNode;
}

/** Shows what has been loaded; until then lines that stand in for it, or what went wrong. */
export function Loaded<T>({ of, what, lines = 4, children }: LoadedProps<T>) {
  if (of.data !== undefined) {
    return (
      <>
        {of.failure && (
          <FailureNotice failure={of.failure} title={`What you see of ${what} may be old`} onRetry={of.reload} />
        )}
        {children(of.data)}
      </>
    );
  }
  if (of.failure) {
    const retry = of.failure.isTemporary || of.failure.status === 401 ? of.reload : undefined;
    return <FailureNotice failure={of.failure} title={`Could not load ${what}`} onRetry={retry} />;
  }
  return (
    <Stack spacing={1} role="status" aria-label={`Loading ${what}`}>
      {Array.from({ length: lines }, (_unused, index) => (
        <Skeleton key={index} variant="rounded" height={28} sx={{ opacity: 1 - index / (lines + 1) }} />
      ))}
    </Stack>
  );
}
