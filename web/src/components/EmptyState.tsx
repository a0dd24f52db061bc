import { Icon, Paper, Stack, Typography } from "@mui/material";
import type { ReactNode } from "react";

interface EmptyStateProps {
  icon: string;
  title: string;
  children: ReactNode;
  actions?: ReactNode;
}

/** Where there is nothing yet: says what will be here and how to get it. */
export function EmptyState({ icon, title, children, actions }: EmptyStateProps) {
  return (
    <Paper variant="outlined" sx={{ p: { xs: 3, sm: 5 }, borderStyle: "dashed" }}>
      <Stack spacing={1.5} sx={{ alignItems: "center", textAlign: "center", maxWidth: "32rem", mx: "auto" }}>
        <Icon sx={{ fontSize: 36, color: "text.secondary" }}>{icon}</Icon>
        <Typography variant="h2" component="p">
          {title}
        </Typography>
        <Typography component="div" sx={{ color: "text.secondary" }}>
          {children}
        </Typography>
        {actions !== undefined && (
          <Stack direction="row" spacing={1} useFlexGap sx={{ pt: 1, flexWrap: "wrap", justifyContent: "center" }}>
            {actions}
          </Stack>
        )}
      </Stack>
    </Paper>
  );
}
