import { Box, Button, Icon, Stack, Typography } from "@mui/material";
import { useRef, useState, type FormEvent } from "react";
import { call } from "../../api/client";
import { asFailure, type Failure } from "../../api/failure";
import type { ExplanationRows, Model, ModelSchema } from "../../api/schema";
import { FailureNotice } from "../../components/FailureNotice";
import { Section } from "../../components/Section";
import { useDraft } from "../../lib/draft";
import { plural } from "../../lib/format";
import { columnErrors, draftOf, rangeLevel, rowOf, usedColumns, type RowDraft } from "../../lib/predictionForm";
import { ColumnField } from "./ColumnField";
import { PredictionResult, type Range } from "./PredictionResult";

const shownAtFirst = 40;

/** A form made from the model's columns, and the prediction with its reasons beside it. */
export function RowForm({ model, schema }: { model: Model; schema: ModelSchema }) {
  const columns = usedColumns(schema);
  const [draft, setDraft] = useDraft<RowDraft>(`predict:${model.id}`, draftOf(schema.example));
  const [result, setResult] = useState<ExplanationRows>();
  const [range, setRange] = useState<Range>();
  const [failure, setFailure] = useState<Failure>();
  const [isBusy, setIsBusy] = useState(false);
  const [isAll, setIsAll] = useState(false);
  const latest = useRef(0);
  const errors = columnErrors(failure?.fields ?? []);
  const shown = isAll ? columns : columns.slice(0, shownAtFirst);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    latest.current += 1;
    const own = latest.current;
    setIsBusy(true);
    try {
      const asked = { path: { id: model.id }, body: { rows: [rowOf(columns, draft)] } };
      const level = rangeLevel(schema);
      const [answer, ranged] = await Promise.all([
        call("explainRows", asked),
        level === undefined ? undefined : call("predict", { ...asked, query: { interval: level } }),
      ]);
      if (own !== latest.current) return;
      setResult(answer);
      const predicted = ranged?.predictions[0];
      setRange(predicted && level !== undefined ? { ...predicted, level } : undefined);
      setFailure(undefined);
    } catch (error) {
      if (own === latest.current) setFailure(asFailure(error));
    } finally {
      if (own === latest.current) setIsBusy(false);
    }
  };

  return (
    <Box
      sx={{
        display: "grid",
        gap: 3,
        alignItems: "start",
        gridTemplateColumns: { xs: "minmax(0, 1fr)", md: "minmax(0, 3fr) minmax(0, 2fr)" },
      }}
    >
      <Section
        title="The row"
        hint="Begins with a row the model carries. What is left empty counts as missing."
        actions={
          <Stack direction="row" spacing={1}>
            <Button size="small" onClick={() => setDraft(draftOf(schema.example))}>
              Example
            </Button>
            <Button size="small" onClick={() => setDraft({})}>
              Clear
            </Button>
          </Stack>
        }
      >
        <Stack component="form" spacing={3} noValidate onSubmit={(event: FormEvent) => void submit(event)}>
          <Box
            sx={{ display: "grid", gap: 2, gridTemplateColumns: "repeat(auto-fill, minmax(min(14rem, 100%), 1fr))" }}
          >
            {shown.map((column) => (
              <ColumnField
                key={column.name}
                column={column}
                value={draft[column.name] ?? ""}
                error={errors[column.name]}
                onChange={(value) => setDraft({ ...draft, [column.name]: value })}
              />
            ))}
          </Box>
          {columns.length > shown.length && (
            <Button color="inherit" onClick={() => setIsAll(true)} sx={{ alignSelf: "flex-start" }}>
              Show {plural(columns.length - shown.length, "more column")}
            </Button>
          )}
          {failure && <FailureNotice failure={failure} title="No prediction" />}
          <Button
            type="submit"
            variant="contained"
            size="large"
            disabled={isBusy}
            startIcon={<Icon>bolt</Icon>}
            sx={{ alignSelf: "flex-start" }}
          >
            {isBusy ? "Predicting …" : "Predict"}
          </Button>
        </Stack>
      </Section>
      <Box aria-live="polite">
        {result ? (
          <PredictionResult result={result} schema={schema} range={range} />
        ) : (
          <Section title="The prediction">
            <Typography variant="body2" sx={{ color: "text.secondary" }}>
              It comes here, with what each column added to it.
            </Typography>
          </Section>
        )}
      </Box>
    </Box>
  );
}
