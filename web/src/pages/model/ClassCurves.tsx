import { Box, Stack } from "@mui/material";
import { useMemo, useState } from "react";
import type { Evaluation } from "../../api/schema";
import { CurveChart, type Curve } from "../../charts/CurveChart";
import { NativeSelect } from "../../components/NativeSelect";
import { Section } from "../../components/Section";
import { formatNumber, formatPercent } from "../../lib/format";
import { grid } from "./ScoresView";

type ClassCurve = NonNullable<Evaluation["curves"]>[number];
const diagonal: Curve = { name: "By chance", x: [0, 1], y: [0, 1], look: "reference" };

/** The curves of one class: how well it is ranked, and whether its probabilities are right. */
export function ClassCurves({ curves }: { curves: readonly ClassCurve[] }) {
  const [chosen, setChosen] = useState(curves[0]?.name ?? "");
  const curve = curves.find((other) => other.name === chosen) ?? curves[0];
  const drawn = useMemo(() => curve && linesOf(curve), [curve]);
  if (!curve || !drawn) return null;
  const error = curve.calibration.expected_calibration_error;
  return (
    <Stack spacing={3}>
      {curves.length > 1 && (
        <NativeSelect
          label="Class of the curves"
          value={curve.name}
          options={curves.map(({ name }) => ({ value: name, title: name }))}
          onChange={setChosen}
          sx={{ maxWidth: 320 }}
        />
      )}
      <Box sx={grid}>
        <Section title="ROC" hint="How many of the class are found, against how many others are taken for it.">
          <CurveChart
            label={`ROC curve of ${curve.name}`}
            xName="False positive rate"
            yName="True positive rate"
            curves={drawn.roc}
            isUnit
          />
        </Section>
        <Section title="Precision and recall" hint={`${formatPercent(curve.share)} of the rows are ${curve.name}.`}>
          <CurveChart
            label={`Precision and recall of ${curve.name}`}
            xName="Recall"
            yName="Precision"
            curves={drawn.precision}
            isUnit
          />
        </Section>
        <Section
          title="Calibration"
          hint={`Are its probabilities what happens? On average they are off by ${formatNumber(error)}.`}
        >
          <CurveChart
            label={`Calibration of ${curve.name}`}
            xName="Predicted probability"
            yName="Observed share"
            curves={drawn.calibration}
            isUnit
          />
        </Section>
        <Section title="Gain" hint="How many of the class are among the rows that the model puts first.">
          <CurveChart
            label={`Gain of ${curve.name}`}
            xName="Share of all rows"
            yName="Share of the class"
            curves={drawn.gain}
            isUnit
          />
        </Section>
      </Box>
    </Stack>
  );
}

function linesOf(curve: ClassCurve): Record<"roc" | "precision" | "calibration" | "gain", Curve[]> {
  const { bins, isotonic } = curve.calibration;
  const base: Curve = { name: "By chance", x: [0, 1], y: [curve.share, curve.share], look: "reference" };
  return {
    roc: [{ name: "ROC", ...curve.roc }, diagonal],
    precision: [{ name: "Precision", ...curve.precision_recall }, base],
    calibration: [
      { name: "Groups of rows", x: bins.map((bin) => bin.predicted), y: bins.map((bin) => bin.observed), look: "dots" },
      { name: "Smoothed", ...isotonic },
      { ...diagonal, name: "Perfect" },
    ],
    gain: [{ name: "Gain", ...curve.gain }, diagonal],
  };
}
