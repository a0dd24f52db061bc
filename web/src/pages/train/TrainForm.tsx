import { Accordion, AccordionDetails, AccordionSummary, Box, Icon, Stack, Typography } from "@mui/material";
import { useRef, useState, type FormEvent } from "react";
import { call } from "../../api/client";
import { asFailure, type Failure } from "../../api/failure";
import type { Dataset, Learner, Profile } from "../../api/schema";
import { dropDraft, useDraft } from "../../lib/draft";
import { checkForm, errorsOf, requestOf, standardForm, type ExperimentForm } from "../../lib/experimentForm";
import { forget } from "../../lib/resource";
import { navigate, paths } from "../../lib/router";
import { BudgetPart } from "./BudgetPart";
import { ColumnsPart } from "./ColumnsPart";
import { DecisionPart } from "./DecisionPart";
import { LearnersPart } from "./LearnersPart";
import { OtherPart } from "./OtherPart";
import { StartPanel } from "./StartPanel";
import { TargetPart } from "./TargetPart";
import { usePlan } from "./usePlan";
import { ValidationPart } from "./ValidationPart";

interface TrainFormProps {
  dataset: Dataset;
  profile: Profile;
  learners: readonly Learner[];
}

/** The form of a new experiment: everything has a default, and the server says what would come of it. */
export function TrainForm({ dataset, profile, learners }: TrainFormProps) {
  const [draft, setDraft] = useDraft(`train:${dataset.id}`, standardForm);
  const form: ExperimentForm = { ...draft, target: draft.target || (profile.suggested_target ?? "") };
  const [isBusy, setIsBusy] = useState(false);
  const [refusal, setRefusal] = useState<Failure>();
  const host = useRef<HTMLFormElement>(null);
  const names = learners.map((learner) => learner.name);
  const own = checkForm(form);
  const isWellFormed = Object.keys(own).length === 0;
  const { plan, failure, isOld } = usePlan(isWellFormed ? requestOf(form, dataset.id, names) : null);
  const errors = { ...errorsOf(refusal?.fields ?? []), ...errorsOf(failure?.fields ?? []), ...own };
  const onChange = (change: Partial<ExperimentForm>) => {
    setDraft({ ...form, ...change });
    setRefusal(undefined);
  };

  const start = async (event: FormEvent) => {
    event.preventDefault();
    if (!isWellFormed) {
      host.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
      return;
    }
    setIsBusy(true);
    try {
      const experiment = await call("createExperiment", { body: requestOf(form, dataset.id, names) });
      dropDraft(`train:${dataset.id}`);
      forget("experiments");
      navigate(paths.experiment(experiment.id));
    } catch (error) {
      setRefusal(asFailure(error));
      setIsBusy(false);
    }
  };

  const part = { form, onChange, errors, profile, plan };
  const changed = advancedChanges(form, errors);
  return (
    <Box
      component="form"
      ref={host}
      noValidate
      onSubmit={(event: FormEvent) => void start(event)}
      sx={{ display: "grid", gap: 3, gridTemplateColumns: { md: "minmax(0, 1fr) 20rem" }, alignItems: "start" }}
    >
      <Stack spacing={3} sx={{ minWidth: 0 }}>
        <TargetPart {...part} />
        <BudgetPart {...part} />
        <Box>
          {advancedParts.map(({ title, key, Part }) => (
            <Accordion key={key} variant="outlined" disableGutters slotProps={{ heading: { component: "h2" } }}>
              <AccordionSummary expandIcon={<Icon>expand_more</Icon>} id={`${key}-head`} aria-controls={`${key}-body`}>
                <Typography component="span" sx={{ fontWeight: 500, flexGrow: 1 }}>
                  {title}
                </Typography>
                <Typography
                  component="span"
                  variant="body2"
                  sx={{ color: changed[key]?.isWrong ? "error.main" : "text.secondary", mr: 1 }}
                >
                  {changed[key]?.text}
                </Typography>
              </AccordionSummary>
              <AccordionDetails sx={{ px: { xs: 2, sm: 3 }, pb: 3 }}>
                <Part {...part} learners={learners} />
              </AccordionDetails>
            </Accordion>
          ))}
        </Box>
      </Stack>
      <StartPanel
        {...part}
        failure={refusal ?? (failure && failure.fields.length === 0 ? failure : undefined)}
        isOld={isOld}
        isBusy={isBusy}
      />
    </Box>
  );
}

const advancedParts = [
  { key: "validation", title: "Validation", Part: ValidationPart },
  { key: "columns", title: "Columns", Part: ColumnsPart },
  { key: "learners", title: "Learners", Part: LearnersPart },
  { key: "decision", title: "Positive class and threshold", Part: DecisionPart },
  { key: "other", title: "Name, weights and seed", Part: OtherPart },
];

type Change = { text: string; isWrong: boolean };

/** What is set in the parts that are folded away, so that one need not open them to know. */
function advancedChanges(form: ExperimentForm, errors: ReturnType<typeof checkForm>): Record<string, Change> {
  const wrong = (...fields: (keyof ExperimentForm)[]) => fields.some((field) => errors[field] !== undefined);
  const validation = {
    auto: "Chosen by size",
    folds: `${form.folds} folds`,
    holdout: "Hold-out",
    time: `By ${form.time}`,
  };
  const left = form.exclude.filter((name) => name !== form.target).length;
  const types = Object.keys(form.types).length;
  const columns = [left > 0 ? `${left} left out` : "", types > 0 ? `${types} of another type` : ""].filter(Boolean);
  const rest = [form.name && "named", form.weight && "weighted", form.seed !== "0" && `seed ${form.seed}`].filter(
    Boolean,
  );
  const look = (text: string, isWrong: boolean): Change => ({ text: isWrong ? "Needs attention" : text, isWrong });
  return {
    validation: look(validation[form.validation], wrong("folds", "holdout", "time", "group")),
    columns: look(columns.join(", ") || "All that are of use", wrong("exclude", "types")),
    learners: look(form.without.length > 0 ? `${form.without.length} left out` : "All", wrong("without")),
    decision: look(
      [form.positive, form.threshold].filter(Boolean).join(", ") || "Best for the metric",
      wrong("positive", "threshold"),
    ),
    other: look(rest.join(", ") || "Defaults", wrong("name", "weight", "seed")),
  };
}
