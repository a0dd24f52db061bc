import { Box, Typography } from "@mui/material";
import type { ReactNode } from "react";

export interface Fact {
  label: string;
  value: ReactNode;
  hint?: ReactNode;
}

/** A few numbers that matter, side by side. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <Box
      component="dl"
      sx={{ display: "grid", gap: 3, m: 0, gridTemplateColumns: "repeat(auto-fit, minmax(min(7.5rem, 100%), 1fr))" }}
    >
      {facts.map((fact) => (
        <Box key={fact.label} sx={{ minWidth: 0 }}>
          <Typography component="dt" variant="caption" sx={{ color: "text.secondary" }}>
            {fact.label}
          </Typography>
          <Typography component="dd" sx={{ m: 0, fontSize: "1.25rem", fontWeight: 500, overflowWrap: "anywhere" }}>
            {fact.value}
            {fact.hint !== undefined && (
              <Typography component="span" variant="caption" sx={{ display: "block", color: "text.secondary" }}>
                {fact.hint}
              </Typography>
            )}
          </Typography>
        </Box>
      ))}
    </Box>
  );
}
