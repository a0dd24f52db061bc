import { Alert, Box, Stack } from "@mui/material";
import { Section } from "../../components/Section";
import { ScrollTable } from "../../components/ScrollTable";
import type { Evaluation } from "../../api/schema";
import { formatInteger, formatNumber, formatPercent } from "../../lib/format";
import { metrics, metricTitle, type Metric } from "../../lib/metrics";
import { ClassCurves } from "./ClassCurves";
import { ConfusionPanel } from "./ConfusionPanel";
import type { ModelParts } from "./ModelPage";
import { ResidualCharts } from "./ResidualCharts";
import { ThresholdPanel } from "./ThresholdPanel";

export const grid = {
  display: "grid",
  gap: 3,
  gridTemplateColumns: { xs: "minmax(0, 1fr)", md: "repeat(2, minmax(0, 1fr))" },
  alignItems: "start",
};

/** How good the model is on rows it has not seen. */
export function ScoresView({ evaluation: { evaluation } }: ModelParts) {
  if (!evaluation) {
    return (
      <Alert severity="info" variant="outlined">
        This model was made before scores were kept in full. Train again to see them.
      </Alert>
    );
  }
  return (
    <Stack spacing={3}>
      <Box sx={grid}>
        <MetricTable evaluation={evaluation} />
        {evaluation.thresholds && evaluation.thresholds.length > 0 ? (
          <ThresholdPanel evaluation={evaluation} />
        ) : (
          evaluation.confusion && <ConfusionPanel confusion={evaluation.confusion} />
        )}
      </Box>
      {evaluation.classes && evaluation.classes.length > 0 && <ClassTable classes={evaluation.classes} />}
      {evaluation.curves && evaluation.curves.length > 0 && <ClassCurves curves={evaluation.curves} />}
      {evaluation.coverage && evaluation.coverage.length > 0 && <CoverageTable evaluation={evaluation} />}
      {evaluation.residuals && <ResidualCharts residuals={evaluation.residuals} />}
    </Stack>
  );
}

function MetricTable({ evaluation }: { evaluation: Evaluation }) {
  const hint =
    `From ${formatInteger(evaluation.rows)} rows that the model had not seen; 95 of 100 repeats would fall in the range, ` +
    "which is found by drawing rows anew, here and for the leaderboard.";
  return (
    <Section title="Scores" hint={hint}>
      <ScrollTable label="Scores" isFramed={false}>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col" style={{ textAlign: "right" }}>
              Score
            </th>
            <th scope="col" style={{ textAlign: "right" }}>
              Range
            </th>
          </tr>
        </thead>
        <tbody>
          {evaluation.metrics.map((entry) => (
            <tr key={entry.metric}>
              <td title={metrics[entry.metric as Metric]?.meaning}>{metricTitle(entry.metric)}</td>
              <td style={{ textAlign: "right" }}>{formatNumber(entry.score)}</td>
              <td style={{ textAlign: "right" }}>
                {entry.interval ? `${formatNumber(entry.interval[0])} – ${formatNumber(entry.interval[1])}` : "–"}
              </td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </Section>
  );
}

/** What ranges of each level come to on rows they were not learnt from. */
function CoverageTable({ evaluation }: { evaluation: Evaluation }) {
  const isNumber = evaluation.residuals !== undefined;
  const what = isNumber ? "Intervals" : "Sets of labels";
  return (
    <Section
      title={what}
      hint="Learnt from one half of the scored rows and measured on the other. A level is what is asked for, the share what came of it."
    >
      <ScrollTable label={what} isFramed={false}>
        <thead>
          <tr>
            <th scope="col">Level</th>
            <th scope="col" style={{ textAlign: "right" }}>
              Rows whose truth lies within
            </th>
            <th scope="col" style={{ textAlign: "right" }}>
              {isNumber ? "Mean width" : "Mean number of labels"}
            </th>
          </tr>
        </thead>
        <tbody>
          {(evaluation.coverage ?? []).map((entry) => (
            <tr key={entry.level}>
              <th scope="row" style={{ fontWeight: 400 }}>
                {formatPercent(entry.level, 0)}
              </th>
              <td style={{ textAlign: "right" }}>{formatPercent(entry.coverage, 1)}</td>
              <td style={{ textAlign: "right" }}>{formatNumber(entry.size)}</td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </Section>
  );
}

function ClassTable({ classes }: { classes: NonNullable<Evaluation["classes"]> }) {
  return (
    <Section
      title="Classes"
      hint="Precision: how often it is right when it says so. Recall: how many of them it finds."
    >
      <ScrollTable label="Scores by class" maxHeight={420} isFramed={false}>
        <thead>
          <tr>
            <th scope="col">Class</th>
            {["Rows", "Precision", "Recall", "F1", "ROC AUC"].map((name) => (
              <th key={name} scope="col" style={{ textAlign: "right" }}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {classes.map((entry) => (
            <tr key={entry.name}>
              <th scope="row" style={{ fontWeight: 400, maxWidth: 260 }}>
                {entry.name}
              </th>
              <td style={{ textAlign: "right" }}>{formatInteger(entry.rows)}</td>
              {[entry.precision, entry.recall, entry.f1, entry.roc_auc].map((value, index) => (
                <td key={index} style={{ textAlign: "right" }}>
                  {formatNumber(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </Section>
  );
}
