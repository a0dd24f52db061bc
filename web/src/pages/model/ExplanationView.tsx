import { Alert, Box, CircularProgress, Paper, Stack, Typography } from "@mui/material";
import { useState } from "react";
import { call } from "../../api/client";
import type { Explanation } from "../../api/schema";
import { BarChart } from "../../charts/BarChart";
import { SwarmChart } from "../../charts/SwarmChart";
import { FailureNotice, sentence } from "../../components/FailureNotice";
import { NativeSelect } from "../../components/NativeSelect";
import { Section } from "../../components/Section";
import { useNow } from "../../lib/clock";
import { formatDuration, plural } from "../../lib/format";
import { metricTitle } from "../../lib/metrics";
import { useResource } from "../../lib/resource";
import { DependencePanel } from "./DependencePanel";
import { InteractionPanel } from "./InteractionPanel";
import type { ModelParts } from "./ModelPage";
import { grid } from "./ScoresView";

const shownColumns = 12;

/** Why the model predicts what it predicts: which columns matter, and how. */
export function ExplanationView({ model }: ModelParts) {
  const explanation = useResource(`model:${model.id}:explanation`, (signal) =>
    call("getExplanation", { path: { id: model.id }, signal }),
  );
  if (explanation.data) return <Explained explanation={explanation.data} target={model.target} />;
  if (explanation.failure) {
    return (
      <FailureNotice
        failure={explanation.failure}
        title="The model could not be explained"
        onRetry={explanation.reload}
      />
    );
  }
  return <Waiting />;
}

function Waiting() {
  const [start] = useState(() => Date.now());
  const now = useNow(true);
  return (
    <Paper variant="outlined" sx={{ p: 5 }}>
      <Stack spacing={2} sx={{ alignItems: "center", textAlign: "center" }}>
        <CircularProgress aria-label="Explaining the model" />
        <Typography role="status">Explaining the model. This takes up to a minute, once.</Typography>
        <Typography variant="body2" sx={{ color: "text.secondary" }}>
          {formatDuration(Math.floor((now - start) / 1000))}
        </Typography>
      </Stack>
    </Paper>
  );
}

function Explained({ explanation, target }: { explanation: Explanation; target: string }) {
  const { importance, contributions, dependence, interactions, notes } = explanation;
  const [important, setImportant] = useState(false);
  const bars = (importance?.columns ?? [])
    .slice(0, important ? undefined : shownColumns)
    .map((column) => ({ name: column.column, value: column.importance, interval: column.interval }));
  return (
    <Stack spacing={3}>
      {notes.length > 0 && (
        <Alert severity="info" variant="outlined">
          {notes.map((note) => (
            <div key={note}>{sentence(note)}</div>
          ))}
        </Alert>
      )}
      <Box sx={grid}>
        {importance && bars.length > 0 && (
          <Section
            title="Which columns matter"
            hint={`How much worse ${metricTitle(importance.metric)} gets when a column is shuffled; the lines are ranges over ${plural(importance.repeats, "repeat")}.`}
            actions={
              importance.columns.length > shownColumns && (
                <NativeSelect
                  label="Columns"
                  size="small"
                  value={important ? "all" : "some"}
                  options={[
                    { value: "some", title: `First ${shownColumns}` },
                    { value: "all", title: `All ${importance.columns.length}` },
                  ]}
                  onChange={(value) => setImportant(value === "all")}
                />
              )
            }
          >
            <BarChart
              label={`Importance of columns; most important: ${bars
                .slice(0, 3)
                .map((bar) => bar.name)
                .join(", ")}`}
              valueName={`${metricTitle(importance.metric)} lost`}
              bars={bars}
            />
          </Section>
        )}
        {contributions && <Contributions contributions={contributions} target={target} />}
      </Box>
      {dependence.length > 0 && <DependencePanel dependence={dependence} target={target} />}
      {interactions.length > 0 && <InteractionPanel interactions={interactions} />}
    </Stack>
  );
}

interface ContributionsProps {
  contributions: NonNullable<Explanation["contributions"]>;
  target: string;
}

function Contributions({ contributions, target }: ContributionsProps) {
  const columns = contributions.columns.filter((column) => column.contributions).slice(0, shownColumns);
  const isClass = contributions.outputs.length > 0 && contributions.points_output !== "";
  const output = isClass ? `${target} being ${contributions.points_output}` : target;
  const unit = contributions.scale === "probability" ? "probability" : contributions.scale;
  if (columns.length === 0) {
    const bars = contributions.columns
      .slice(0, shownColumns)
      .map((column) => ({ name: column.column, value: column.mean_absolute }));
    return (
      <Section title="What moves predictions" hint={`Mean size of what each column adds to ${output}.`}>
        <BarChart label="Mean size of contributions" valueName={`Mean contribution (${unit})`} bars={bars} />
      </Section>
    );
  }
  return (
    <Section
      title="What moves predictions"
      hint={`SHAP values: each dot is a row, and how far a column moved its prediction of ${output}. Blue dots have low values of the column, orange ones high.`}
    >
      <SwarmChart columns={columns} output={output} unit={unit} />
    </Section>
  );
}
