import { Box, Icon } from "@mui/material";

interface SortHeaderProps {
  title: string;
  /** How the column is sorted now, if it is. */
  direction: "ascending" | "descending" | "none";
  onClick: () => void;
  align?: "left" | "right";
}

/** The head of a column that sorts by it. */
export function SortHeader({ title, direction, onClick, align = "left" }: SortHeaderProps) {
  return (
    <Box
      component="button"
      type="button"
      onClick={onClick}
      sx={{ ...style, flexDirection: align === "right" ? "row-reverse" : "row" }}
    >
      {title}
      <Icon sx={{ fontSize: 16, visibility: direction === "none" ? "hidden" : "visible" }}>
        {direction === "descending" ? "arrow_downward" : "arrow_upward"}
      </Icon>
    </Box>
  );
}

const style = {
  font: "inherit",
  color: "inherit",
  background: "none",
  border: 0,
  p: 0,
  gap: 0.5,
  cursor: "pointer",
  display: "inline-flex",
  verticalAlign: "middle",
  alignItems: "center",
  borderRadius: 0.5,
  "&:hover": { color: "text.primary" },
  "&:focus-visible": { outline: "2px solid", outlineColor: "primary.main", outlineOffset: 2 },
} as const;
