import { Button, Stack } from "@mui/material";
import type { PagedList } from "../lib/lists";
import { FailureNotice } from "./FailureNotice";

/** Asks for the next part of a list, where there is one. */
export function MoreButton<T>({ of }: { of: PagedList<T> }) {
  if (!of.hasMore) return null;
  return (
    <Stack spacing={2} sx={{ alignItems: "flex-start" }}>
      {of.moreFailure && <FailureNotice failure={of.moreFailure} title="Could not load more" onRetry={of.more} />}
      <Button variant="outlined" color="inherit" onClick={of.more} disabled={of.isLoadingMore}>
        {of.isLoadingMore ? "Loading …" : "Show more"}
      </Button>
    </Stack>
  );
}
