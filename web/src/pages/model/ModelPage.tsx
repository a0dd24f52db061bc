import { Icon, Stack, Tab, Tabs } from "@mui/material";
import { call } from "../../api/client";
import type { Experiment, Leaderboard, Model, ModelEvaluation } from "../../api/schema";
import { Facts } from "../../components/Facts";
import { LinkButton } from "../../components/Link";
import { Loaded } from "../../components/Loaded";
import { Page } from "../../components/Page";
import { formatBytes, formatDuration, formatNumber } from "../../lib/format";
import { learnerTitle, metricTitle, taskTitles } from "../../lib/metrics";
import { useResource } from "../../lib/resource";
import { paths, useQueryValue } from "../../lib/router";
import { DetailsView } from "./DetailsView";
import { ExplanationView } from "./ExplanationView";
import { ScoresView } from "./ScoresView";
import { UseView } from "./UseView";

export interface ModelParts {
  model: Model;
  experiment: Experiment;
  evaluation: ModelEvaluation;
  entry: Leaderboard["entries"][number] | undefined;
}

const views = [
  { value: "scores", title: "Scores", View: ScoresView },
  { value: "explanation", title: "Explanation", View: ExplanationView },
  { value: "details", title: "Details", View: DetailsView },
  { value: "use", title: "Use it", View: UseView },
];

/** A model: how good it is, why it predicts what it predicts, what it is, and how to use it. */
export function ModelPage({ id }: { id: string }) {
  const parts = useResource<ModelParts>(`model:${id}`, async (signal) => {
    const path = { id };
    const [model, evaluation] = await Promise.all([
      call("getModel", { path, signal }),
      call("getEvaluation", { path, signal }),
    ]);
    const ofExperiment = { id: model.experiment_id };
    const [experiment, board] = await Promise.all([
      call("getExperiment", { path: ofExperiment, signal }),
      call("getLeaderboard", { path: ofExperiment, signal }),
    ]);
    return { model, experiment, evaluation, entry: board.entries.find((entry) => entry.model_id === id) };
  });
  const [view, setView] = useQueryValue("view", "scores");
  const found = parts.data;
  const shown = views.find(({ value }) => value === view) ?? views[0];
  return (
    <Page
      title={found ? learnerTitle(found.model.model) : "Model"}
      above={[
        { title: "Experiments", to: paths.experiments },
        ...(found
          ? [{ title: `Predicting ${found.model.target}`, to: paths.experiment(found.model.experiment_id) }]
          : []),
      ]}
      subtitle={
        found &&
        `Predicts ${found.model.target} · ${taskTitles[found.model.task]} · scored by ${found.evaluation.card.validation}`
      }
      actions={
        found && (
          <LinkButton to={paths.predict(id)} variant="contained" startIcon={<Icon>bolt</Icon>}>
            Predict
          </LinkButton>
        )
      }
    >
      <Loaded of={parts} what="the model" lines={6}>
        {(data) => (
          <Stack spacing={3}>
            <Facts facts={factsOf(data)} />
            <Tabs
              value={shown?.value ?? "scores"}
              onChange={(_event, next: string) => setView(next)}
              aria-label="What to see of the model"
              variant="scrollable"
              scrollButtons={false}
            >
              {views.map(({ value, title }) => (
                <Tab key={value} label={title} value={value} id={`tab-${value}`} aria-controls="panel" />
              ))}
            </Tabs>
            <div role="tabpanel" id="panel" aria-labelledby={`tab-${shown?.value}`}>
              {shown && <shown.View {...data} />}
            </div>
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function factsOf({ model, evaluation, entry }: ModelParts) {
  const [low, high] = evaluation.card.score_interval ?? entry?.score_interval ?? [];
  const range = low === undefined ? {} : { hint: `${formatNumber(low)} to ${formatNumber(high)}` };
  const time = evaluation.card.time_score;
  const later =
    time?.score === undefined
      ? []
      : [
          {
            label: `${metricTitle(model.metric)} on later rows`,
            value: formatNumber(time.score),
            hint: `by ${time.time}, of ${time.model}`,
          },
        ];
  return [
    { label: metricTitle(model.metric), value: formatNumber(model.score), ...range },
    ...later,
    { label: "Rank", value: entry?.rank ?? "–" },
    { label: "Training", value: formatDuration(entry?.fit_seconds) },
    { label: "Prediction", value: formatDuration(entry?.predict_seconds), hint: "of all scored rows" },
    { label: "Size", value: formatBytes(evaluation.bytes) },
  ];
}
