import { TextField } from "@mui/material";
import { useId } from "react";
import { NativeSelect } from "../../components/NativeSelect";
import { fieldKind, hintOf, type SchemaColumn } from "../../lib/predictionForm";

interface ColumnFieldProps {
  column: SchemaColumn;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

/** Asks for a column's value in the way that suits it. */
export function ColumnField({ column, value, error, onChange }: ColumnFieldProps) {
  const id = useId();
  const kind = fieldKind(column);
  const levels = column.levels ?? [];
  if (kind === "choice") {
    const own = value === "" || levels.includes(value) ? [] : [value];
    const options = ["", ...own, ...levels].map((level) => ({
      value: level,
      title: level === "" ? "(missing)" : level,
    }));
    return (
      <NativeSelect
        label={column.name}
        value={value}
        options={options}
        onChange={onChange}
        isWrong={error !== undefined}
        helperText={error}
        isFullWidth
      />
    );
  }
  return (
    <>
      <TextField
        label={column.name}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        error={error !== undefined}
        helperText={error ?? (hintOf(column) || undefined)}
        type={kind === "date" ? "date" : "text"}
        fullWidth
        slotProps={{
          inputLabel: { shrink: true },
          htmlInput: {
            ...(kind === "number" ? { inputMode: "decimal" } : {}),
            ...(kind === "suggestion" ? { list: `${id}-levels` } : {}),
          },
        }}
      />
      {kind === "suggestion" && (
        <datalist id={`${id}-levels`}>
          {levels.map((level) => (
            <option key={level} value={level} />
          ))}
        </datalist>
      )}
    </>
  );
}
