import {
  FormControl,
  FormControlLabel,
  FormLabel,
  InputAdornment,
  Radio,
  RadioGroup,
  Stack,
  TextField,
  Typography,
} from "@mui/material";
import { Section } from "../../components/Section";
import { formatDuration, plural } from "../../lib/format";
import { sentence } from "../../components/FailureNotice";
import type { FormPart } from "./formProps";

/** How long to search. */
export function BudgetPart({ form, onChange, errors, plan }: FormPart) {
  const isTime = form.budget === "time";
  return (
    <Section title="How long to search" hint="More time tries more settings. The best model so far is always kept.">
      <Stack spacing={2}>
        <FormControl>
          <FormLabel id="budget-label">Budget</FormLabel>
          <RadioGroup
            row
            aria-labelledby="budget-label"
            value={form.budget}
            onChange={(event) => onChange({ budget: event.target.value as "time" | "trials" })}
          >
            <FormControlLabel value="time" control={<Radio size="small" />} label="Time" />
            <FormControlLabel value="trials" control={<Radio size="small" />} label="Trials" />
          </RadioGroup>
        </FormControl>
        {isTime ? (
          <TextField
            label="Time"
            value={form.minutes}
            onChange={(event) => onChange({ minutes: event.target.value })}
            error={errors.minutes !== undefined}
            helperText={errors.minutes}
            sx={{ maxWidth: 260 }}
            slotProps={{
              input: { endAdornment: <InputAdornment position="end">minutes</InputAdornment> },
              htmlInput: { inputMode: "decimal" },
            }}
          />
        ) : (
          <TextField
            label="Number of trials"
            value={form.trials}
            onChange={(event) => onChange({ trials: event.target.value })}
            error={errors.trials !== undefined}
            helperText={errors.trials ?? "With the same seed the same trials give the same models, on any machine."}
            sx={{ maxWidth: 360 }}
            slotProps={{ htmlInput: { inputMode: "numeric" } }}
          />
        )}
        {plan && (
          <Typography variant="body2" sx={{ color: "text.secondary" }}>
            {isTime ? estimateOfTime(plan.estimate) : estimateOfTrials(plan.estimate)} {sentence(plan.estimate.basis)}
          </Typography>
        )}
      </Stack>
    </Section>
  );
}

type Estimate = NonNullable<FormPart["plan"]>["estimate"];

const estimateOfTime = ({ trials }: Estimate) => `Enough for about ${plural(Math.max(1, trials), "trial")}.`;

const estimateOfTrials = ({ seconds }: Estimate) => `This takes about ${formatDuration(seconds)}.`;
