import { Box } from "@mui/material";
import type { Dataset } from "../../api/schema";
import { Link, LinkButton } from "../../components/Link";
import { ScrollTable } from "../../components/ScrollTable";
import { formatAgo, formatBytes, formatInteger, formatMoment } from "../../lib/format";
import { paths } from "../../lib/router";

/** Datasets with what one looks for in a list of them. */
export function DatasetTable({ datasets }: { datasets: readonly Dataset[] }) {
  return (
    <ScrollTable label="Datasets">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col" style={{ textAlign: "right" }}>
            Rows
          </th>
          <th scope="col" style={{ textAlign: "right" }}>
            Columns
          </th>
          <th scope="col" style={{ textAlign: "right" }}>
            Size
          </th>
          <th scope="col">Made</th>
          <th scope="col">
            <Box component="span" sx={hidden}>
              Actions
            </Box>
          </th>
        </tr>
      </thead>
      <tbody>
        {datasets.map((dataset) => (
          <tr key={dataset.id}>
            <td style={{ maxWidth: 320 }}>
              <Link to={paths.dataset(dataset.id)} sx={{ fontWeight: 500 }}>
                {dataset.name}
              </Link>
            </td>
            <td style={{ textAlign: "right" }}>{formatInteger(dataset.rows)}</td>
            <td style={{ textAlign: "right" }}>{formatInteger(dataset.columns.length)}</td>
            <td style={{ textAlign: "right" }}>{formatBytes(dataset.bytes)}</td>
            <td title={formatMoment(dataset.created_at)}>{formatAgo(dataset.created_at)}</td>
            <td style={{ textAlign: "right" }}>
              <LinkButton to={paths.train(dataset.id)} size="small" aria-label={`Train on ${dataset.name}`}>
                Train
              </LinkButton>
            </td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}

/** For screen readers alone. */
export const hidden = {
  position: "absolute",
  width: 1,
  height: 1,
  overflow: "hidden",
  clipPath: "inset(50%)",
  whiteSpace: "nowrap",
} as const;
