import { Button, Slider, Stack, Typography } from "@mui/material";
import { useId, useState } from "react";
import type { Evaluation } from "../../api/schema";
import { ConfusionTable } from "../../components/ConfusionTable";
import { Facts } from "../../components/Facts";
import { Section } from "../../components/Section";
import { formatNumber, formatPercent } from "../../lib/format";
import { bestBy, confusionAt, nearest } from "../../lib/threshold";

/** From which probability on the model says yes, and what that does. */
export function ThresholdPanel({ evaluation }: { evaluation: Evaluation }) {
  const rows = evaluation.thresholds ?? [];
  const own = nearest(rows, evaluation.threshold ?? 0.5);
  const [index, setIndex] = useState(own);
  const id = useId();
  const row = rows[index];
  const [negative = "no", positive = "yes"] = evaluation.confusion?.classes ?? [];
  if (!row) return null;
  const choices = [
    { title: "The model's own", at: own },
    { title: "Best F1", at: bestBy(rows, "f1") },
    { title: "Most accurate", at: bestBy(rows, "accuracy") },
  ];
  return (
    <Section
      title="Threshold"
      hint={`The model says “${positive}” where its probability is at least this. Lower finds more of them, and more that are none.`}
    >
      <Stack spacing={2.5}>
        <Stack spacing={0.5}>
          <Typography id={id} variant="body2">
            Probability from which it says “{positive}”: <strong>{formatNumber(row.threshold)}</strong>
          </Typography>
          <Slider
            aria-labelledby={id}
            value={index}
            min={0}
            max={rows.length - 1}
            onChange={(_event, value) => setIndex(Array.isArray(value) ? (value[0] as number) : value)}
            getAriaValueText={(value) => formatNumber(rows[value]?.threshold)}
            sx={{ mx: 1, width: "calc(100% - 16px)" }}
          />
          <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: "wrap" }}>
            {choices.map((choice) => (
              <Button
                key={choice.title}
                size="small"
                variant={choice.at === index ? "contained" : "outlined"}
                aria-pressed={choice.at === index}
                onClick={() => setIndex(choice.at)}
              >
                {choice.title}
              </Button>
            ))}
          </Stack>
        </Stack>
        <ConfusionTable classes={[negative, positive]} counts={confusionAt(row)} />
        <Facts
          facts={[
            { label: "Precision", value: formatPercent(row.precision) },
            { label: "Recall", value: formatPercent(row.recall) },
            { label: "F1", value: formatNumber(row.f1) },
            { label: "Accuracy", value: formatPercent(row.accuracy) },
          ]}
        />
      </Stack>
    </Section>
  );
}
