import { Box } from "@mui/material";
import type { ReactNode } from "react";
import { tableStyle } from "./tableStyle";

interface ScrollTableProps {
  /** What the box is called, and the table where it has no name of its own. */
  label: string;
  tableLabel?: string;
  /** Pixels from which on it scrolls. */
  maxHeight?: number;
  /** Whether it stands in a frame of its own. */
  isFramed?: boolean;
  children: ReactNode;
}

/** A table in a box that scrolls, which the keyboard reaches. */
export function ScrollTable({ label, tableLabel, maxHeight, isFramed = true, children }: ScrollTableProps) {
  const frame = isFramed ? {} : { border: 0 };
  return (
    <Box sx={{ ...tableStyle, ...frame, maxHeight }} tabIndex={0} role="group" aria-label={label}>
      <table aria-label={tableLabel ?? label}>{children}</table>
    </Box>
  );
}
