import { Stack, TextField } from "@mui/material";
import { NativeSelect } from "../../components/NativeSelect";
import type { FormPart } from "./formProps";

/** How classes are decided. */
export function DecisionPart({ form, onChange, errors, plan }: FormPart) {
  const classes = plan?.task === "binary" ? (plan.classes ?? []).map(({ value }) => value) : [];
  // A choice that fits no more stays to be seen and taken back.
  const all = form.positive === "" || classes.includes(form.positive) ? classes : [...classes, form.positive];
  return (
    <Stack spacing={2.5}>
      <NativeSelect
        label="Positive class"
        value={form.positive}
        options={[
          { value: "", title: "The one that sorts last" },
          ...all.map((name) => ({ value: name, title: name })),
        ]}
        onChange={(positive) => onChange({ positive })}
        isWrong={errors.positive !== undefined}
        helperText={
          errors.positive ?? "Of two classes, the one that precision, recall, F1, costs and curves are about."
        }
      />
      <TextField
        label="Threshold"
        value={form.threshold}
        onChange={(event) => onChange({ threshold: event.target.value })}
        error={errors.threshold !== undefined}
        helperText={
          errors.threshold ??
          "A probability such as 0.3, cost:FP=1,FN=20, precision>=0.9 or recall>=0.8; for more classes weights:a=1,b=5. " +
            "Left empty: the best for the metric."
        }
      />
    </Stack>
  );
}
