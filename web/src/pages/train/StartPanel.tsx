import { Button, Icon, Paper, Stack, Typography } from "@mui/material";
import type { Failure } from "../../api/failure";
import { FailureNotice } from "../../components/FailureNotice";
import { formatDuration, plural } from "../../lib/format";
import { metricTitle, taskTitles } from "../../lib/metrics";
import type { FormPart } from "./formProps";

interface StartPanelProps extends FormPart {
  failure: Failure | undefined;
  isOld: boolean;
  isBusy: boolean;
}

/** What will be done, in short, and the button that starts it. */
export function StartPanel({ form, plan, errors, failure, isOld, isBusy }: StartPanelProps) {
  const isWrong = Object.keys(errors).length > 0;
  const used = plan?.columns.filter((column) => column.is_used && !form.exclude.includes(column.name)).length;
  const lines: readonly (readonly [string, string])[] = plan
    ? [
        ["Predict", form.target],
        ["Task", taskTitles[plan.task]],
        ["Metric", metricTitle(plan.metric)],
        ["From", `${plural(used ?? 0, "column")}, ${plural(plan.rows - plan.rows_without_target, "row")}`],
        ["Scores from", plan.validation],
        [
          "Ends",
          form.budget === "trials"
            ? `after ${plural(Number(form.trials), "trial")}`
            : `after ${formatDuration(Number(form.minutes.replace(",", ".")) * 60)}`,
        ],
      ]
    : [];
  return (
    <Paper
      variant="outlined"
      component="section"
      aria-label="Summary"
      sx={{ p: { xs: 2, sm: 3 }, position: { md: "sticky" }, top: { md: 88 } }}
    >
      <Stack spacing={2}>
        <Typography variant="h2">Ready to train</Typography>
        {plan && (
          <Stack component="dl" spacing={1} sx={{ m: 0, opacity: isOld && !isWrong ? 0.7 : 1 }}>
            {lines.map(([label, value]) => (
              <Stack key={label} direction="row" spacing={2}>
                <Typography component="dt" variant="body2" sx={{ color: "text.secondary", width: 84, flexShrink: 0 }}>
                  {label}
                </Typography>
                <Typography component="dd" variant="body2" sx={{ m: 0, overflowWrap: "anywhere" }}>
                  {value}
                </Typography>
              </Stack>
            ))}
          </Stack>
        )}
        {failure && <FailureNotice failure={failure} title="This cannot be started yet" />}
        {isWrong && (
          <Typography variant="body2" role="status" sx={{ color: "error.main" }}>
            Something above needs attention.
          </Typography>
        )}
        <Button
          type="submit"
          variant="contained"
          size="large"
          startIcon={<Icon>play_arrow</Icon>}
          disabled={isBusy || form.target === ""}
        >
          {isBusy ? "Starting …" : "Start training"}
        </Button>
      </Stack>
    </Paper>
  );
}
