import { Stack, TextField } from "@mui/material";
import { NativeSelect } from "../../components/NativeSelect";
import type { FormPart } from "./formProps";

const numeric = new Set(["integer", "float", "constant"]);

export function OtherPart({ form, onChange, errors, profile }: FormPart) {
  const weights = profile.columns.filter((column) => numeric.has(column.type) && column.name !== form.target);
  return (
    <Stack spacing={2.5}>
      <TextField
        label="Name of the experiment"
        value={form.name}
        onChange={(event) => onChange({ name: event.target.value })}
        error={errors.name !== undefined}
        helperText={errors.name ?? "For people; without one it is called after its target."}
      />
      <NativeSelect
        label="Weight column"
        value={form.weight}
        options={[
          { value: "", title: "None: every row counts the same" },
          ...weights.map(({ name }) => ({ value: name, title: name })),
        ]}
        onChange={(weight) => onChange({ weight })}
        isWrong={errors.weight !== undefined}
        helperText={errors.weight ?? "How much each row counts, in training and in scores."}
      />
      <TextField
        label="Seed"
        value={form.seed}
        onChange={(event) => onChange({ seed: event.target.value })}
        error={errors.seed !== undefined}
        helperText={errors.seed ?? "All random choices follow from it."}
        slotProps={{ htmlInput: { inputMode: "numeric" } }}
      />
    </Stack>
  );
}
