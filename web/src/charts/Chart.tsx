import { Box, Button, Icon, Stack, Typography } from "@mui/material";
import { useTheme } from "@mui/material/styles";
import type { ECharts } from "echarts";
import { useEffect, useId, useRef, useState } from "react";
import { seriesColors } from "../theme/theme";
import { DataTable, type TableData } from "./DataTable";
import { baseOption, type ChartColors, type ChartOption } from "./options";

interface ChartProps {
  /** What the chart shows, in a sentence: what is read to those who do not see it. */
  label: string;
  /** What to draw; remembered by who gives it, as it is drawn anew when it changes. */
  option: (colors: ChartColors) => ChartOption;
  /** The same as a table, for those who want the numbers. */
  data?: TableData;
  height?: number;
  onPick?: (pick: { seriesIndex: number; dataIndex: number }) => void;
}

/** A chart. The library is loaded when the first one is shown. */
export function Chart({ label, option, data, height = 300, onPick }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const pick = useRef(onPick);
  pick.current = onPick;
  const [isTable, setIsTable] = useState(false);
  const [isLost, setIsLost] = useState(false);
  const id = useId();
  const { palette } = useTheme();
  const draw = useRef(() => undefined as void);
  draw.current = () => {
    const colors: ChartColors = {
      text: palette.text.primary,
      quiet: palette.text.secondary,
      line: palette.divider,
      paper: palette.background.paper,
      series: seriesColors[palette.mode],
    };
    chart.current?.setOption(baseOption(colors, option(colors)), true);
  };

  useEffect(() => {
    const element = host.current;
    if (!element || isTable || isLost) return undefined;
    let isGone = false;
    let observer: ResizeObserver | undefined;
    const library = import("echarts");
    library.catch(() => isGone || setIsLost(true));
    void library.then(
      ({ init }) => {
        if (isGone) return;
        const made: ECharts = init(element, undefined, { renderer: "svg" });
        chart.current = made;
        made.on("click", (event) =>
          pick.current?.({ seriesIndex: event.seriesIndex ?? 0, dataIndex: event.dataIndex }),
        );
        draw.current();
        observer = new ResizeObserver(() => made.resize());
        observer.observe(element);
      },
      () => undefined,
    );
    return () => {
      isGone = true;
      observer?.disconnect();
      chart.current?.dispose();
      chart.current = null;
    };
  }, [isTable, isLost]);
  useEffect(() => draw.current(), [option, palette]);

  return (
    <Stack spacing={1}>
      {isTable && data ? (
        <DataTable label={label} data={data} maxHeight={height} />
      ) : isLost ? (
        <Stack spacing={1} sx={{ height, alignItems: "center", justifyContent: "center" }}>
          <Typography color="text.secondary">The chart could not be loaded: the server does not answer.</Typography>
          <Button onClick={() => setIsLost(false)}>Try again</Button>
        </Stack>
      ) : (
        <Box ref={host} role="img" aria-label={label} id={id} sx={{ height, width: "100%" }} />
      )}
      {data && (
        <Button
          size="small"
          color="inherit"
          aria-pressed={isTable}
          startIcon={<Icon>{isTable ? "show_chart" : "table_rows"}</Icon>}
          onClick={() => setIsTable(!isTable)}
          sx={{ alignSelf: "flex-end", color: "text.secondary" }}
        >
          {isTable ? "Show the chart" : "Show as a table"}
        </Button>
      )}
    </Stack>
  );
}
