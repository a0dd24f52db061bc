import { Stack, Tab, Tabs } from "@mui/material";
import { useEffect } from "react";
import { call } from "../../api/client";
import type { Dataset, Experiment } from "../../api/schema";
import { FailureNotice } from "../../components/FailureNotice";
import { Link } from "../../components/Link";
import { Loaded } from "../../components/Loaded";
import { Page } from "../../components/Page";
import { isFinal } from "../../components/StateChip";
import { formatAgo, formatDuration, plural } from "../../lib/format";
import { metricTitle, taskTitles, type Task } from "../../lib/metrics";
import { useResource } from "../../lib/resource";
import { paths, useQueryValue } from "../../lib/router";
import { experimentName } from "../experiments/ExperimentTable";
import { ComparePanel } from "./ComparePanel";
import { ExperimentActions } from "./ExperimentActions";
import { EventLog } from "./EventLog";
import { LeaderboardPanel } from "./LeaderboardPanel";
import { MemoryCutNotice } from "./MemoryCutNotice";
import { TimeScoreNotice } from "./TimeScoreNotice";
import { ProgressPanel } from "./ProgressPanel";
import { RunningPanel } from "./RunningPanel";
import { ScorePanel } from "./ScorePanel";
import { useLeaderboard } from "./useLeaderboard";
import { useRun } from "./useRun";

/** An experiment while it runs and when it is done. */
export function ExperimentPage({ id }: { id: string }) {
  const experiment = useResource(`experiment:${id}`, (signal) => call("getExperiment", { path: { id }, signal }));
  const datasetID = experiment.data?.dataset_id;
  const dataset = useResource(datasetID ? `dataset:${datasetID}` : null, (signal) =>
    call("getDataset", { path: { id: datasetID as string }, signal }),
  );
  const record = experiment.data;
  return (
    <Page
      title={record ? experimentName(record, dataset.data) : "Experiment"}
      above={[{ title: "Experiments", to: paths.experiments }]}
      subtitle={record && <Subtitle experiment={record} dataset={dataset.data} />}
      actions={record && <ExperimentActions experiment={record} onChange={experiment.reload} />}
    >
      <Loaded of={experiment} what="the experiment" lines={6}>
        {(data) => <Live experiment={data} reload={experiment.reload} />}
      </Loaded>
    </Page>
  );
}

function Subtitle({ experiment, dataset }: { experiment: Experiment; dataset: Dataset | undefined }) {
  const task = (experiment.resolved_task ?? experiment.task) as Task | "auto" | null;
  const budget =
    experiment.trials === undefined
      ? experiment.time_budget_seconds && formatDuration(experiment.time_budget_seconds)
      : plural(experiment.trials, "trial");
  const rest = [
    task && task !== "auto" ? taskTitles[task] : "",
    experiment.resolved_metric ? metricTitle(experiment.resolved_metric) : "",
    budget ? `budget ${budget}` : "",
    `started ${formatAgo(experiment.created_at)}`,
  ];
  return (
    <>
      Predicts {experiment.target}
      {dataset && (
        <>
          {" from "}
          <Link to={paths.dataset(dataset.id)} isInText>
            {dataset.name}
          </Link>
        </>
      )}
      {" · "}
      {rest.filter((part) => part !== "").join(" · ")}
    </>
  );
}

function Live({ experiment, reload }: { experiment: Experiment; reload: () => void }) {
  const { run, stream, failure } = useRun(experiment.id);
  const state = run.state ?? experiment.state;
  const board = useLeaderboard(experiment.id, `${state}:${run.finished}`);
  const [view, setView] = useQueryValue("view", "leaderboard");
  // What the record alone knows (the model, the times used) is fetched when the state changes.
  useEffect(() => {
    if (state !== experiment.state) reload();
  }, [state, experiment.state, reload]);
  const isRunning = !isFinal(state);
  const metric = metricTitle(experiment.resolved_metric ?? board.board?.metric);
  const isGreaterBetter = board.board?.greater_is_better ?? true;
  const course = (
    <Stack direction={{ xs: "column", md: "row" }} spacing={3} sx={{ "& > *": { flex: 1, minWidth: 0 } }}>
      <ScorePanel run={run} metric={metric} isGreaterBetter={isGreaterBetter} isRunning={isRunning} />
      {isRunning && <RunningPanel experiment={experiment} run={run} />}
    </Stack>
  );
  return (
    <Stack spacing={3}>
      <ProgressPanel experiment={experiment} run={run} stream={stream} failure={failure} state={state} />
      {isRunning && course}
      <MemoryCutNotice cut={board.board?.memory_cut} />
      <TimeScoreNotice board={board.board} />
      <Tabs
        value={view}
        onChange={(_event, next: string) => setView(next)}
        aria-label="What to see of the experiment"
        variant="scrollable"
        scrollButtons={false}
      >
        <Tab label="Leaderboard" value="leaderboard" id="tab-leaderboard" aria-controls="panel" />
        <Tab label="Score and speed" value="compare" id="tab-compare" aria-controls="panel" />
        <Tab label="Log" value="log" id="tab-log" aria-controls="panel" />
      </Tabs>
      <div role="tabpanel" id="panel" aria-labelledby={`tab-${view}`}>
        {view === "log" && <EventLog lines={run.log} />}
        {view !== "log" && board.failure && !board.board && (
          <FailureNotice failure={board.failure} title="Could not load the leaderboard" />
        )}
        {view === "leaderboard" && <LeaderboardPanel board={board.board} isRunning={isRunning} />}
        {view === "compare" && <ComparePanel board={board.board} isRunning={isRunning} />}
      </div>
      {!isRunning && course}
    </Stack>
  );
}
