import { TextField } from "@mui/material";
import type { SxProps, Theme } from "@mui/material/styles";
import type { ReactNode } from "react";

interface NativeSelectProps {
  label: string;
  /** Named for screen readers alone, as in a table whose head says what it is. */
  isLabelHidden?: boolean;
  value: string;
  options: readonly { value: string; title: string }[];
  onChange: (value: string) => void;
  helperText?: ReactNode;
  isWrong?: boolean;
  size?: "small" | "medium";
  isFullWidth?: boolean;
  isDisabled?: boolean;
  sx?: SxProps<Theme>;
}

/** The browser's own list of choices: quick with thousands of them, and known to every keyboard and screen reader. */
export function NativeSelect(props: NativeSelectProps) {
  const { label, isLabelHidden = false, value, options, onChange } = props;
  return (
    <TextField
      select
      size={props.size ?? "medium"}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      helperText={props.helperText}
      error={props.isWrong ?? false}
      fullWidth={props.isFullWidth ?? false}
      disabled={props.isDisabled ?? false}
      {...(isLabelHidden ? {} : { label })}
      {...(props.sx ? { sx: props.sx } : {})}
      slotProps={{
        select: { native: true },
        inputLabel: { shrink: true },
        htmlInput: isLabelHidden ? { "aria-label": label } : {},
      }}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.title}
        </option>
      ))}
    </TextField>
  );
}
