import { Box, LinearProgress, Stack, Typography } from "@mui/material";
import { call } from "../../api/client";
import type { Experiment } from "../../api/schema";
import { Section } from "../../components/Section";
import { useNow } from "../../lib/clock";
import { formatDuration, formatPercent, plural } from "../../lib/format";
import { trialTitle } from "../../lib/metrics";
import { useResource } from "../../lib/resource";
import { unfinished, type Run } from "../../lib/run";

const shownTrials = 8;

/** The trials that are being trained, how far each is, and which worker has it. */
export function RunningPanel({ experiment, run }: { experiment: Experiment; run: Run }) {
  const cluster = useResource("cluster", (signal) => call("getCluster", { signal }), 3000);
  const now = useNow(true);
  const workers = new Map<number, string>();
  for (const worker of cluster.data?.workers ?? []) {
    for (const trial of worker.trials) {
      if (trial.experiment_id === experiment.id) workers.set(trial.index, worker.name);
    }
  }
  const { running, waiting } = unfinished(run);
  const shown = running.slice(0, shownTrials);
  const rest = [
    running.length > shown.length ? `${plural(running.length - shown.length, "more", "more")} running` : "",
    waiting > 0 ? `${plural(waiting, "trial")} waiting` : "",
  ].filter((part) => part !== "");
  return (
    <Section title="Running trials" hint={rest.length > 0 ? rest.join(" · ") : undefined}>
      {shown.length === 0 ? (
        <Typography variant="body2" sx={{ color: "text.secondary", py: 6, textAlign: "center" }}>
          {waiting > 0 ? "Trials wait for a free worker." : "The next trials are being planned."}
        </Typography>
      ) : (
        <Stack component="ul" spacing={2} sx={{ listStyle: "none", m: 0, p: 0 }}>
          {shown.map((trial) => {
            const name = trialTitle(trial);
            const seconds = (now - Date.parse(trial.startedAt ?? trial.proposedAt)) / 1000;
            const worker = workers.get(trial.index);
            return (
              <Box component="li" key={trial.index}>
                <Stack direction="row" spacing={1} sx={{ justifyContent: "space-between", mb: 0.5 }}>
                  <Typography variant="body2" noWrap>
                    {name}
                  </Typography>
                  <Typography variant="body2" sx={{ color: "text.secondary", fontVariantNumeric: "tabular-nums" }}>
                    {formatPercent(trial.progress, 0)}
                  </Typography>
                </Stack>
                <LinearProgress variant="determinate" value={trial.progress * 100} aria-label={name} />
                <Typography variant="caption" sx={{ color: "text.secondary" }}>
                  {worker ? `on ${worker} · ` : ""}
                  {formatDuration(Math.max(0, Math.floor(seconds)))}
                </Typography>
              </Box>
            );
          })}
        </Stack>
      )}
    </Section>
  );
}
