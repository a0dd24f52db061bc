import { Box } from "@mui/material";
import { alpha, useTheme } from "@mui/material/styles";
import { formatInteger, formatPercent } from "../lib/format";
import { ScrollTable } from "./ScrollTable";

interface ConfusionTableProps {
  classes: readonly string[];
  /** Rows are what is true, columns what was predicted. */
  counts: readonly (readonly number[])[];
}

/** Counts of what was true against what was predicted, darker where more of the true class went. */
export function ConfusionTable({ classes, counts }: ConfusionTableProps) {
  const { palette } = useTheme();
  return (
    <ScrollTable
      label="Confusion matrix"
      tableLabel="Confusion matrix: rows are true classes, columns predicted ones"
      maxHeight={480}
    >
      <thead>
        <tr>
          <th scope="col">True ↓ predicted →</th>
          {classes.map((name) => (
            <th key={name} scope="col" style={{ textAlign: "right", maxWidth: 140 }} title={name}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {counts.map((row, truth) => {
          const total = row.reduce((sum, count) => sum + count, 0);
          return (
            <tr key={classes[truth]}>
              <th scope="row" style={{ maxWidth: 160 }} title={classes[truth]}>
                {classes[truth]}
              </th>
              {row.map((count, guess) => {
                const share = total > 0 ? count / total : 0;
                const color = truth === guess ? palette.success.main : palette.error.main;
                return (
                  <td key={classes[guess]} style={{ textAlign: "right", background: alpha(color, 0.22 * share) }}>
                    {formatInteger(count)}{" "}
                    <Box component="span" sx={{ color: "text.secondary", typography: "caption" }}>
                      {formatPercent(share, 0)}
                    </Box>
                  </td>
                );
              })}
            </tr>
          );
        })}
      </tbody>
    </ScrollTable>
  );
}
