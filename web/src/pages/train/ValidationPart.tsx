import {
  FormControl,
  FormControlLabel,
  FormHelperText,
  FormLabel,
  InputAdornment,
  Radio,
  RadioGroup,
  Stack,
  TextField,
} from "@mui/material";
import { NativeSelect } from "../../components/NativeSelect";
import type { ExperimentForm } from "../../lib/experimentForm";
import type { FormPart } from "./formProps";

const choices: readonly { value: ExperimentForm["validation"]; title: string }[] = [
  { value: "auto", title: "Chosen by the size of the table" },
  { value: "folds", title: "Cross-validation" },
  { value: "holdout", title: "Hold out a share of the rows" },
  { value: "time", title: "Hold out the latest rows" },
];

/** Which rows scores come from. */
export function ValidationPart({ form, onChange, errors, profile, plan }: FormPart) {
  const others = profile.columns.map((column) => column.name).filter((name) => name !== form.target);
  const moments = profile.columns.filter((column) => ["date", "datetime", "integer", "float"].includes(column.type));
  const withNone = (names: readonly string[], none: string) => [
    { value: "", title: none },
    ...names.map((name) => ({ value: name, title: name })),
  ];
  return (
    <Stack spacing={2.5}>
      <FormControl>
        <FormLabel id="validation-label">Rows that scores come from</FormLabel>
        <RadioGroup
          aria-labelledby="validation-label"
          value={form.validation}
          onChange={(event) => onChange({ validation: event.target.value as ExperimentForm["validation"] })}
        >
          {choices.map((choice) => (
            <FormControlLabel
              key={choice.value}
              value={choice.value}
              control={<Radio size="small" />}
              label={choice.title}
            />
          ))}
        </RadioGroup>
        {plan && <FormHelperText sx={{ mx: 0 }}>With these choices: {plan.validation}.</FormHelperText>}
      </FormControl>
      {form.validation === "folds" && (
        <TextField
          label="Folds"
          value={form.folds}
          onChange={(event) => onChange({ folds: event.target.value })}
          error={errors.folds !== undefined}
          helperText={errors.folds ?? "Each model is trained so many times, every time with another part left out."}
          slotProps={{ htmlInput: { inputMode: "numeric" } }}
        />
      )}
      {form.validation === "time" && (
        <NativeSelect
          label="Column that says when"
          value={form.time}
          options={withNone(
            moments.map((column) => column.name).filter((name) => name !== form.target),
            "Choose a column",
          )}
          onChange={(time) => onChange({ time })}
          isWrong={errors.time !== undefined}
          helperText={errors.time ?? "Models learn from earlier rows and are scored on the latest."}
        />
      )}
      {(form.validation === "holdout" || form.validation === "time") && (
        <TextField
          label="Share held out"
          value={form.holdout}
          onChange={(event) => onChange({ holdout: event.target.value })}
          error={errors.holdout !== undefined}
          helperText={errors.holdout}
          slotProps={{
            input: { endAdornment: <InputAdornment position="end">%</InputAdornment> },
            htmlInput: { inputMode: "numeric" },
          }}
        />
      )}
      {form.validation !== "time" && (
        <NativeSelect
          label="Group column"
          value={form.group}
          options={withNone(others, "None")}
          onChange={(group) => onChange({ group })}
          isWrong={errors.group !== undefined}
          helperText={
            errors.group ??
            "Rows of one group (a patient, a customer) stay together, so that none is met in training and in scoring."
          }
        />
      )}
    </Stack>
  );
}
