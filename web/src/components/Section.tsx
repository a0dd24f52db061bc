import { Box, Paper, Stack, Typography } from "@mui/material";
import type { SxProps, Theme } from "@mui/material/styles";
import { useId, type ReactNode } from "react";

interface SectionProps {
  title: string;
  /** What it shows and how to read it, in a sentence. */
  hint?: ReactNode;
  actions?: ReactNode;
  /** Without the frame, for content that has one of its own. */
  isBare?: boolean;
  children: ReactNode;
  sx?: SxProps<Theme>;
}

/** A part of a page with a heading. */
export function Section({ title, hint, actions, isBare = false, children, sx }: SectionProps) {
  const id = useId();
  const content = (
    <>
      <Stack
        direction="row"
        spacing={2}
        useFlexGap
        sx={{ alignItems: isBare ? "center" : "flex-start", mb: 2, flexWrap: "wrap" }}
      >
        <Box sx={{ flex: "1 1 12rem", minWidth: 0 }}>
          <Typography variant="h2" id={id}>
            {title}
          </Typography>
          {hint !== undefined && (
            <Typography variant="body2" sx={{ color: "text.secondary", mt: 0.25, maxWidth: "65ch" }}>
              {hint}
            </Typography>
          )}
        </Box>
        {actions}
      </Stack>
      {children}
    </>
  );
  if (isBare) {
    return (
      <Box component="section" aria-labelledby={id} sx={sx ?? {}}>
        {content}
      </Box>
    );
  }
  return (
    <Paper
      component="section"
      aria-labelledby={id}
      variant="outlined"
      sx={[{ p: { xs: 2, sm: 3 }, minWidth: 0 }, ...(Array.isArray(sx) ? sx : [sx ?? {}])]}
    >
      {content}
    </Paper>
  );
}
