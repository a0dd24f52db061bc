import { Alert, LinearProgress, Paper, Stack, Typography } from "@mui/material";
import type { StreamState } from "../../api/events";
import type { Failure } from "../../api/failure";
import type { Experiment } from "../../api/schema";
import { Facts, type Fact } from "../../components/Facts";
import { sentence } from "../../components/FailureNotice";
import { isFinal, StateChip } from "../../components/StateChip";
import { useNow } from "../../lib/clock";
import { formatDuration, formatInteger, formatNumber, formatPercent } from "../../lib/format";
import { metricTitle } from "../../lib/metrics";
import { secondsLeft, type Run } from "../../lib/run";

interface ProgressPanelProps {
  experiment: Experiment;
  run: Run;
  stream: StreamState;
  failure: Failure | undefined;
  state: Experiment["state"];
}

/** How far an experiment is, in a line and a few numbers. */
export function ProgressPanel({ experiment, run, stream, failure, state }: ProgressPanelProps) {
  const isRunning = !isFinal(state);
  const now = useNow(isRunning);
  const startedAt = experiment.started_at ?? run.startedAt;
  const used = isRunning && startedAt ? Math.max(0, (now - Date.parse(startedAt)) / 1000) : experiment.used_seconds;
  const budget = experiment.time_budget_seconds;
  const isCounted = experiment.trials !== undefined;
  const share = isFinal(state) ? 1 : Math.max(run.progress, isCounted || !budget ? 0 : Math.min(0.99, used / budget));
  const left = secondsLeft(used, isCounted ? undefined : budget, share);
  const completed = Math.max(experiment.trials_completed, run.finished - failedTrials(run));
  const failed = Math.max(experiment.trials_failed, failedTrials(run));
  const facts: Fact[] = [
    {
      label: `Best ${metricTitle(experiment.resolved_metric)}`,
      value: formatNumber(run.bestScore ?? experiment.best_score),
    },
    {
      label: "Trials",
      value: isCounted
        ? `${formatInteger(completed)} of ${formatInteger(experiment.trials ?? 0)}`
        : formatInteger(completed),
      ...(failed > 0 ? { hint: `${formatInteger(failed)} without a score` } : {}),
    },
    { label: "Time", value: formatDuration(used) },
  ];
  if (isRunning)
    facts.push({
      label: "Time left",
      value: left === null ? "…" : left === 0 ? "finishing" : `about ${formatDuration(Math.ceil(left))}`,
    });
  return (
    <Paper variant="outlined" component="section" aria-label="Progress" sx={{ p: { xs: 2, sm: 3 } }}>
      <Stack spacing={2.5}>
        <Stack direction="row" spacing={2} sx={{ alignItems: "center" }}>
          <StateChip state={state} />
          {isRunning && (
            <>
              <LinearProgress
                variant={state === "queued" ? "indeterminate" : "determinate"}
                value={share * 100}
                aria-label="Progress of the experiment"
                sx={{ flexGrow: 1 }}
              />
              <Typography variant="body2" sx={{ fontVariantNumeric: "tabular-nums", minWidth: 40, textAlign: "right" }}>
                {formatPercent(share, 0)}
              </Typography>
            </>
          )}
        </Stack>
        {isRunning && stream === "waiting" && (
          <Alert severity="warning" variant="outlined">
            {failure && failure.status > 0 ? sentence(failure.message) : "The connection to the server was lost."}{" "}
            Training goes on there; this page takes it up again by itself.
          </Alert>
        )}
        {(run.error ?? experiment.error) && (
          <Alert severity="error" variant="outlined">
            {sentence(run.error ?? experiment.error ?? "")}
          </Alert>
        )}
        <Facts facts={facts} />
      </Stack>
    </Paper>
  );
}

const failedTrials = (run: Run): number => [...run.trials.values()].filter((trial) => trial.state === "failed").length;
