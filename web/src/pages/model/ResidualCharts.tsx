import { Box } from "@mui/material";
import type { Evaluation } from "../../api/schema";
import { BandChart } from "../../charts/BandChart";
import { HistogramChart } from "../../charts/HistogramChart";
import { Section } from "../../components/Section";
import { formatNumber } from "../../lib/format";
import { grid } from "./ScoresView";

/** How predictions of numbers are off. A residual is what is true less what was predicted. */
export function ResidualCharts({ residuals }: { residuals: NonNullable<Evaluation["residuals"]> }) {
  const by = residuals.by_prediction;
  const x = by.values ?? by.levels ?? [];
  return (
    <Box sx={grid}>
      <Section title="Errors" hint={`True less predicted; ${formatNumber(residuals.mean)} on average.`}>
        <HistogramChart
          label="How the errors are spread"
          xName="Error"
          edges={residuals.edges}
          counts={residuals.counts}
        />
      </Section>
      <Section
        title="Errors by prediction"
        hint="Where the line leaves 0, predictions are too low (above) or too high (below)."
      >
        <BandChart
          label="Median error by predicted value, with the range of most errors"
          xName="Predicted"
          yName="Error"
          x={x}
          middle={by.median}
          low={by.low}
          high={by.high}
          middleName="Median error"
        />
      </Section>
    </Box>
  );
}
