import { Box, LinearProgress, Stack, Typography } from "@mui/material";
import { useState } from "react";
import type { ExplanationRows, ModelSchema } from "../../api/schema";
import { BarChart } from "../../charts/BarChart";
import { NativeSelect } from "../../components/NativeSelect";
import { Section } from "../../components/Section";
import { formatNumber, formatPercent } from "../../lib/format";
import { largest } from "../../lib/predictionForm";

const shownClasses = 8;
const shownColumns = 9;

/** What holds the truth with the probability `level`. */
export interface Range {
  level: number;
  interval?: number[];
  labels?: string[];
}

interface PredictionResultProps {
  result: ExplanationRows;
  schema: ModelSchema;
  range: Range | undefined;
}

/** What the model predicts for a row, how sure that is, and what each column added. */
export function PredictionResult({ result, schema, range }: PredictionResultProps) {
  const row = result.rows[0];
  const [chosen, setChosen] = useState<string>();
  if (!row) return null;
  const { prediction, probabilities } = row.prediction;
  const ranked = Object.entries(probabilities ?? {}).sort((one, other) => other[1] - one[1]);
  const predicted = result.outputs.indexOf(String(prediction));
  const output = Math.max(0, chosen === undefined ? predicted : result.outputs.indexOf(chosen));
  const name = result.outputs[output] ?? "";
  const contributions = result.columns.map((column, index) => ({
    name: column,
    value: (row.contributions[index] as unknown as number[])[output] ?? 0,
  }));
  const isNumber = ranked.length === 0;
  const what = isNumber ? schema.target : `the probability of ${name}`;
  return (
    <Stack spacing={3}>
      <Section title="The prediction">
        <Typography sx={{ fontSize: "2rem", fontWeight: 500, lineHeight: 1.2, overflowWrap: "anywhere" }}>
          {typeof prediction === "number" ? formatNumber(prediction) : prediction}
        </Typography>
        <Typography variant="body2" sx={{ color: "text.secondary", mb: ranked.length > 0 ? 2 : 0 }}>
          {schema.target}
        </Typography>
        {range && (
          <Typography variant="body2" sx={{ mb: ranked.length > 0 ? 2 : 0 }}>
            {rangeText(range)}
          </Typography>
        )}
        <Stack spacing={1.5}>
          {ranked.slice(0, shownClasses).map(([value, share]) => (
            <Box key={value}>
              <Stack direction="row" spacing={2} sx={{ justifyContent: "space-between" }}>
                <Typography variant="body2" noWrap>
                  {value}
                </Typography>
                <Typography variant="body2" sx={{ fontVariantNumeric: "tabular-nums" }}>
                  {formatPercent(share)}
                </Typography>
              </Stack>
              <LinearProgress variant="determinate" value={share * 100} aria-label={`Probability of ${value}`} />
            </Box>
          ))}
        </Stack>
      </Section>
      <Section
        title="Why"
        hint={`Without this row's values, ${what} would be ${formatNumber(result.base[output])}; each column adds or takes away.`}
        actions={
          result.outputs.length > 1 && (
            <NativeSelect
              label="Class"
              size="small"
              value={name}
              options={result.outputs.map((value) => ({ value, title: value }))}
              onChange={setChosen}
            />
          )
        }
      >
        <BarChart
          label={`What each column adds to ${what}`}
          valueName={isNumber ? `Added to ${schema.target}` : "Added to the probability"}
          bars={largest(contributions, shownColumns)}
          isSigned
        />
      </Section>
    </Stack>
  );
}

/** A range in words. */
export function rangeText({ level, interval, labels }: Range): string {
  const share = `In ${formatPercent(level, 0)} of rows like this the truth`;
  if (interval) return `${share} lies between ${formatNumber(interval[0])} and ${formatNumber(interval[1])}.`;
  const names = labels ?? [];
  if (names.length === 1) return `${share} is ${names[0]}.`;
  return `${share} is ${names.slice(0, -1).join(", ")} or ${names[names.length - 1]}.`;
}
