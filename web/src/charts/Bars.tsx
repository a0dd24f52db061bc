import { Box } from "@mui/material";

/** A small picture of how values are spread. */
export function Bars({
  counts,
  text,
  width = 140,
  height = 32,
}: {
  counts: readonly number[];
  text: string;
  width?: number;
  height?: number;
}) {
  const most = Math.max(1, ...counts);
  const step = width / Math.max(counts.length, 6);
  return (
    <Box
      component="svg"
      role="img"
      aria-label={text}
      viewBox={`0 0 ${width} ${height}`}
      sx={{ width, height, display: "block", color: "primary.main" }}
    >
      {counts.map((count, index) => {
        const tall = count === 0 ? 0 : Math.max(1.5, (count / most) * height);
        return (
          <rect
            key={index}
            x={index * step}
            y={height - tall}
            width={Math.max(1, step - 1.5)}
            height={tall}
            rx={1}
            fill="currentColor"
            opacity={0.75}
          />
        );
      })}
    </Box>
  );
}
