import { Alert, Box, Checkbox, FormControlLabel, Stack, Typography } from "@mui/material";
import type { Learner } from "../../api/schema";
import { formatDuration } from "../../lib/format";
import type { FormPart } from "./formProps";

/** Which learners to try. */
export function LearnersPart({ form, onChange, errors, plan, learners }: FormPart & { learners: readonly Learner[] }) {
  const toggle = (name: string, isUsed: boolean) =>
    onChange({ without: isUsed ? form.without.filter((other) => other !== name) : [...form.without, name] });
  const seconds = new Map(plan?.learners.map((learner) => [learner.name, learner]));
  return (
    <Stack spacing={1.5}>
      {(errors.without || form.without.length >= learners.length) && (
        <Alert severity="error" variant="outlined">
          {errors.without ?? "At least one learner is needed."}
        </Alert>
      )}
      <Typography variant="body2" sx={{ color: "text.secondary" }}>
        The search finds out which suit the table; leaving some out is seldom needed.
      </Typography>
      {learners.map((learner) => {
        const planned = seconds.get(learner.name);
        const isSuitable = planned?.is_suitable ?? (!plan || learner.tasks.includes(plan.task));
        return (
          <FormControlLabel
            key={learner.name}
            disabled={!isSuitable}
            sx={{ alignItems: "flex-start", mr: 0 }}
            control={
              <Checkbox
                size="small"
                sx={{ mt: -0.75 }}
                checked={isSuitable && !form.without.includes(learner.name)}
                onChange={(event) => toggle(learner.name, event.target.checked)}
              />
            }
            label={
              <Box>
                <Typography component="span" sx={{ fontWeight: 500, display: "block" }}>
                  {learner.title}
                </Typography>
                <Typography component="span" variant="body2" sx={{ color: "text.secondary", display: "block" }}>
                  {learner.description}
                  {!isSuitable && " Does not suit this task."}
                  {isSuitable && planned && ` About ${formatDuration(planned.seconds)} a trial here.`}
                </Typography>
              </Box>
            }
          />
        );
      })}
    </Stack>
  );
}
