import { Box, Icon, Typography } from "@mui/material";
import { VirtualTable } from "../../components/VirtualTable";
import { formatInteger, formatTime } from "../../lib/format";
import type { LogLine } from "../../lib/run";

const head = [
  { key: "at", header: "Time", width: 120 },
  { key: "text", header: "What happened", width: 520 },
];
const signs = {
  plain: null,
  good: { icon: "star", color: "success.main" },
  bad: { icon: "error_outline", color: "error.main" },
};

/** What happened, the latest first. */
export function EventLog({ lines }: { lines: readonly LogLine[] }) {
  if (lines.length === 0) {
    return <Typography sx={{ color: "text.secondary" }}>Nothing has happened yet.</Typography>;
  }
  return (
    <VirtualTable
      label="Log of events, the latest first"
      columns={head}
      rowCount={lines.length}
      rowHeight={38}
      rowKey={(index) => lines[lines.length - 1 - index]?.sequence ?? index}
      row={(index) => {
        const line = lines[lines.length - 1 - index];
        if (!line) return undefined;
        const sign = signs[line.kind];
        return [
          <span key="at" title={`Event ${formatInteger(line.sequence)}`}>
            {formatTime(line.at)}
          </span>,
          <Box
            key="text"
            component="span"
            title={line.text}
            sx={{ display: "inline-flex", alignItems: "center", gap: 0.75 }}
          >
            {sign && <Icon sx={{ fontSize: 18, color: sign.color }}>{sign.icon}</Icon>}
            {line.text}
          </Box>,
        ];
      }}
    />
  );
}
