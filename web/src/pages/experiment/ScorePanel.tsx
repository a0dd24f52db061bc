import { Typography } from "@mui/material";
import { ScoreChart } from "../../charts/ScoreChart";
import { Section } from "../../components/Section";
import type { Run } from "../../lib/run";

interface ScorePanelProps {
  run: Run;
  metric: string;
  isGreaterBetter: boolean;
  isRunning: boolean;
}

export function ScorePanel({ run, metric, isGreaterBetter, isRunning }: ScorePanelProps) {
  const hint = isGreaterBetter ? `${metric}; higher is better.` : `${metric}; lower is better.`;
  return (
    <Section title="Best score over time" hint={hint}>
      {run.points.length === 0 ? (
        <Typography variant="body2" sx={{ color: "text.secondary", py: 6, textAlign: "center" }}>
          {isRunning ? "The first scores come when the first trials end." : "No trial ended with a score."}
        </Typography>
      ) : (
        <ScoreChart points={run.points} metric={metric} isGreaterBetter={isGreaterBetter} />
      )}
    </Section>
  );
}
