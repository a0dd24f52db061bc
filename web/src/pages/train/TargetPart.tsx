import {
  Alert,
  Box,
  Button,
  Chip,
  FormControl,
  FormControlLabel,
  FormHelperText,
  FormLabel,
  Radio,
  RadioGroup,
  Stack,
  Typography,
} from "@mui/material";
import { sentence } from "../../components/FailureNotice";
import { NativeSelect } from "../../components/NativeSelect";
import { Section } from "../../components/Section";
import { formatInteger, formatPercent, plural } from "../../lib/format";
import { metrics, metricsOf, metricTitle, taskTitles, type Metric, type Task } from "../../lib/metrics";
import type { FormPart } from "./formProps";

const tasks = ["binary", "multiclass", "regression"] as const;

/** What to predict, as what, and what "good" means. */
export function TargetPart({ form, onChange, errors, profile, plan }: FormPart) {
  const suggested = profile.suggested_target;
  const options = [
    ...(form.target === "" ? [{ value: "", title: "Choose a column" }] : []),
    ...profile.columns.map((column) => ({
      value: column.name,
      title: column.name === suggested ? `${column.name} (suggested)` : column.name,
    })),
  ];
  const known = profile.columns.find((column) => column.name === form.target);
  const detected = plan?.task ?? (known?.target_task as Task | null | undefined) ?? null;
  const task = form.task === "auto" ? detected : form.task;
  const usual = metricsOf(task)[0];
  const metricOptions = [
    { value: "auto", title: usual ? `Usual: ${metricTitle(usual)}` : "The usual one" },
    ...metricsOf(task).map((name) => ({ value: name, title: metricTitle(name) })),
  ];
  const metric = form.metric === "auto" ? usual : form.metric;
  return (
    <Section title="What to predict">
      <Stack spacing={3}>
        <NativeSelect
          label="Target column"
          value={form.target}
          options={options}
          onChange={(target) => onChange({ target, task: "auto", metric: "auto" })}
          isWrong={errors.target !== undefined}
          helperText={errors.target && sentence(errors.target)}
          isFullWidth
        />
        {plan?.classes && plan.classes.length > 0 && (
          <Classes classes={plan.classes} count={plan.class_count} rows={plan.rows} />
        )}
        {plan && plan.rows_without_target > 0 && (
          <Typography variant="body2" sx={{ color: "text.secondary" }}>
            {plural(plan.rows_without_target, "row")} without a value in {form.target} cannot be learnt from and{" "}
            {plan.rows_without_target === 1 ? "is" : "are"} left out.
          </Typography>
        )}
        <Leaks form={form} onChange={onChange} plan={plan} />
        <Relations form={form} onChange={onChange} plan={plan} />
        <FormControl error={errors.task !== undefined}>
          <FormLabel id="task-label">Task</FormLabel>
          <RadioGroup
            aria-labelledby="task-label"
            value={form.task}
            onChange={(event) => onChange({ task: event.target.value as Task | "auto", metric: "auto" })}
          >
            <FormControlLabel
              value="auto"
              control={<Radio size="small" />}
              label={form.task === "auto" && detected ? `Detected: ${taskTitles[detected].toLowerCase()}` : "Detect"}
            />
            {tasks.map((name) => (
              <FormControlLabel key={name} value={name} control={<Radio size="small" />} label={taskTitles[name]} />
            ))}
          </RadioGroup>
          <FormHelperText sx={{ mx: 0 }}>{sentence(errors.task ?? plan?.task_reason ?? "…")}</FormHelperText>
        </FormControl>
        <NativeSelect
          label="Metric"
          value={form.metric}
          options={metricOptions}
          onChange={(value) => onChange({ metric: value as Metric | "auto" })}
          isWrong={errors.metric !== undefined}
          helperText={errors.metric ?? (metric && sentence(`${metricTitle(metric)}: ${metrics[metric].meaning}`))}
          isFullWidth
        />
      </Stack>
    </Section>
  );
}

interface ClassesProps {
  classes: readonly { value: string; count: number }[];
  count: number;
  rows: number;
}

function Classes({ classes, count, rows }: ClassesProps) {
  const shown = classes.slice(0, 6);
  return (
    <Box>
      <Typography variant="caption" sx={{ color: "text.secondary" }}>
        Values
      </Typography>
      <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: "wrap", mt: 0.5 }}>
        {shown.map((entry) => (
          <Chip
            key={entry.value}
            size="small"
            variant="outlined"
            label={`${entry.value}: ${formatInteger(entry.count)} (${formatPercent(entry.count / rows, 0)})`}
          />
        ))}
        {count > shown.length && <Chip size="small" variant="outlined" label={`and ${count - shown.length} more`} />}
      </Stack>
    </Box>
  );
}

/** What seems to say the target itself: right on paper, of no use when it counts. */
function Leaks({ form, onChange, plan }: Pick<FormPart, "form" | "onChange" | "plan">) {
  const open = plan?.leaks.filter((leak) => !leak.columns.some((name) => form.exclude.includes(name))) ?? [];
  return (
    <>
      {open.map((leak) => (
        <Alert
          key={`${leak.kind} ${leak.columns.join(" ")}`}
          severity="warning"
          variant="outlined"
          action={leak.columns.map((name) => (
            <Button
              key={name}
              color="inherit"
              size="small"
              onClick={() => onChange({ exclude: [...form.exclude, name] })}
            >
              {leak.columns.length > 1 ? `Leave out ${name}` : "Leave it out"}
            </Button>
          ))}
        >
          {sentence(leak.evidence)}
          {leak.kind !== "index" &&
            leak.columns.length > 0 &&
            " If that is only known afterwards, leave it out: scores would be too good to be true."}
        </Alert>
      ))}
    </>
  );
}

/** Rows that belong together or follow each other, and what is made of it. */
function Relations({ form, onChange, plan }: Pick<FormPart, "form" | "onChange" | "plan">) {
  return (
    <>
      {plan?.relations.map((finding) => {
        const column = finding.columns.at(-1) ?? "";
        const isTime = finding.kind === "time" || finding.kind === "panel";
        const isHeldOut = form.validation === "time" && form.time === column;
        return (
          <Alert
            key={`${finding.kind} ${finding.columns.join(" ")}`}
            severity={isTime || finding.kept ? "info" : "warning"}
            variant="outlined"
            action={
              isTime ? (
                !isHeldOut && (
                  <Button
                    color="inherit"
                    size="small"
                    onClick={() => onChange({ validation: "time", time: column, group: "" })}
                  >
                    Hold out the latest
                  </Button>
                )
              ) : form.group === "" && form.validation !== "time" ? (
                <Button
                  color="inherit"
                  size="small"
                  onClick={() => onChange({ related: form.related === "auto" ? "random" : "auto" })}
                >
                  {form.related === "auto" ? "Divide by chance" : "Keep together"}
                </Button>
              ) : undefined
            }
          >
            {sentence(finding.evidence)}
            {!isTime &&
              (finding.kept
                ? " They are kept together, so that none is met in training and in scoring."
                : " They are on both sides of the validation, which flatters scores.")}
            {isTime && " If later rows are to be predicted, hold out the latest."}
          </Alert>
        );
      })}
    </>
  );
}
