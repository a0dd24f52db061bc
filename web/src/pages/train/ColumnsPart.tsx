import { Alert, Checkbox, Stack, TextField, Typography } from "@mui/material";
import { useState } from "react";
import { VirtualTable } from "../../components/VirtualTable";
import { typeTitles } from "../../lib/columns";
import type { ColumnType } from "../../lib/experimentForm";
import { plural } from "../../lib/format";
import type { FormPart } from "./formProps";

const head = [
  { key: "use", header: "Use", width: 72 },
  { key: "name", header: "Column", width: 200 },
  { key: "type", header: "Type", width: 140 },
  { key: "note", header: "Note", width: 240 },
];

/** Which columns may be used. */
export function ColumnsPart({ form, onChange, errors, profile, plan }: FormPart) {
  const [filter, setFilter] = useState("");
  const planned = new Map(plan?.columns.map((column) => [column.name, column]));
  const wanted = filter.trim().toLowerCase();
  const columns = profile.columns.filter(
    (column) => column.name !== form.target && column.name.toLowerCase().includes(wanted),
  );
  const toggle = (name: string, isUsed: boolean) =>
    onChange({ exclude: isUsed ? form.exclude.filter((other) => other !== name) : [...form.exclude, name] });
  const problem = errors.types ?? errors.exclude;
  return (
    <Stack spacing={2}>
      {problem && (
        <Alert severity="error" variant="outlined">
          {problem}
        </Alert>
      )}
      <Typography variant="body2" sx={{ color: "text.secondary" }}>
        Leave out what would not be known when predicting. Types can be changed on the page of the dataset.
      </Typography>
      {profile.columns.length > 12 && (
        <TextField
          size="small"
          label="Find a column"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          helperText={wanted ? plural(columns.length, "column") : undefined}
        />
      )}
      <VirtualTable
        label="Columns to use"
        columns={head}
        rowCount={columns.length}
        maxHeight={420}
        rowKey={(index) => columns[index]?.name ?? index}
        row={(index) => {
          const column = columns[index];
          if (!column) return undefined;
          const isUsed = !form.exclude.includes(column.name);
          const planOf = planned.get(column.name);
          const type = form.types[column.name] ?? (planOf?.type as ColumnType | undefined) ?? column.type;
          return [
            <Checkbox
              key="use"
              size="small"
              sx={{ p: 0.5 }}
              checked={isUsed}
              onChange={(event) => toggle(column.name, event.target.checked)}
              slotProps={{ input: { "aria-label": `Use ${column.name}` } }}
            />,
            column.name,
            typeTitles[type],
            isUsed ? noteOf(planOf) : "left out by you",
          ];
        }}
      />
    </Stack>
  );
}

function noteOf(planned: NonNullable<FormPart["plan"]>["columns"][number] | undefined): string {
  if (!planned) return "";
  if (planned.is_leaking) return "tells the target: is it known beforehand?";
  if (!planned.is_used) return planned.reason ?? "of no use";
  return "";
}
