import { Stack, Typography } from "@mui/material";
import { useMemo, useState } from "react";
import type { Leaderboard } from "../../api/schema";
import { SpeedChart, type SpeedPoint } from "../../charts/SpeedChart";
import { Link } from "../../components/Link";
import { NativeSelect } from "../../components/NativeSelect";
import { Section } from "../../components/Section";
import { formatDuration, formatNumber } from "../../lib/format";
import { frontier, isGreaterBetter, metricsIn, scoreOn } from "../../lib/leaderboard";
import { metricTitle } from "../../lib/metrics";
import { navigate, paths } from "../../lib/router";
import { modelTitle } from "./LeaderboardPanel";

interface ComparePanelProps {
  board: Leaderboard | undefined;
  isRunning: boolean;
}

/** Score against prediction time: those that no other model beats in both stand out. */
export function ComparePanel({ board, isRunning }: ComparePanelProps) {
  const [chosen, setChosen] = useState<string>();
  const metric = chosen ?? board?.metric ?? "";
  const points = useMemo<SpeedPoint[]>(() => {
    if (!board) return [];
    return board.entries.flatMap((entry) => {
      const score = scoreOn(entry, metric, board);
      if (score === null || entry.score === null) return [];
      return [{ name: modelTitle(entry), score, seconds: entry.predict_seconds, modelID: entry.model_id }];
    });
  }, [board, metric]);
  const best = useMemo(() => (board ? frontier(points, isGreaterBetter(metric, board)) : []), [points, board, metric]);
  if (!board || points.length === 0) {
    return <Typography sx={{ color: "text.secondary", py: 4 }}>Models appear here as trials end.</Typography>;
  }
  const metrics = metricsIn(board);
  const open = (modelID: string | null) => !isRunning && modelID !== null && navigate(paths.model(modelID));
  return (
    <Section
      title="Score and prediction time"
      hint="Each dot is a model; the line joins those that none beats in both. Choose a dot to open its model."
      actions={
        metrics.length > 1 && (
          <NativeSelect
            label="Metric"
            size="small"
            value={metric}
            options={metrics.map((name) => ({ value: name, title: metricTitle(name) }))}
            onChange={setChosen}
            sx={{ minWidth: 180 }}
          />
        )
      }
    >
      <SpeedChart points={points} best={best} metric={metricTitle(metric)} onPick={(point) => open(point.modelID)} />
      <Typography variant="h3" sx={{ mt: 3, mb: 1 }}>
        Worth choosing from
      </Typography>
      <Stack component="ul" spacing={0.5} sx={{ m: 0, pl: 2.5 }}>
        {best.map((index) => {
          const point = points[index] as SpeedPoint;
          const title =
            isRunning || point.modelID === null ? (
              point.name
            ) : (
              <Link to={paths.model(point.modelID)} isInText>
                {point.name}
              </Link>
            );
          return (
            <Typography key={point.name} component="li" variant="body2">
              {title}: {metricTitle(metric)} {formatNumber(point.score)}, predicts in {formatDuration(point.seconds)}
            </Typography>
          );
        })}
      </Stack>
    </Section>
  );
}
