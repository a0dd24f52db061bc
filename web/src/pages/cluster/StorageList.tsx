import { Icon, Paper, Stack, Typography } from "@mui/material";
import type { Cluster } from "../../api/schema";
import { sentence } from "../../components/FailureNotice";
import { Section } from "../../components/Section";
import { formatDuration } from "../../lib/format";

/** Whether what keeps the data answers, and how quickly. */
export function StorageList({ stores }: { stores: NonNullable<Cluster["storage"]> }) {
  return (
    <Section title="Storage" isBare>
      <Paper variant="outlined" component="ul" sx={{ listStyle: "none", m: 0, p: 0 }}>
        {stores.map((store, index) => (
          <Stack
            key={store.name}
            component="li"
            direction="row"
            spacing={2}
            sx={{ px: 2, py: 1.5, alignItems: "center", borderTop: index > 0 ? 1 : 0, borderColor: "divider" }}
          >
            <Icon sx={{ color: store.healthy ? "success.main" : "error.main" }}>
              {store.healthy ? "check_circle" : "error"}
            </Icon>
            <Typography variant="body2" sx={{ fontWeight: 500, minWidth: 120 }}>
              {store.name.charAt(0).toUpperCase() + store.name.slice(1)}
            </Typography>
            <Typography variant="body2" sx={{ color: "text.secondary" }}>
              {store.healthy ? `answers in ${formatDuration(store.seconds)}` : "does not answer"}
              {store.detail !== undefined && `. ${sentence(store.detail)}`}
            </Typography>
          </Stack>
        ))}
      </Paper>
    </Section>
  );
}
