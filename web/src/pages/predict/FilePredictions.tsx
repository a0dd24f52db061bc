import { Alert, Button, Checkbox, FormControlLabel, Icon, LinearProgress, Stack, Typography } from "@mui/material";
import { useEffect, useRef, useState } from "react";
import { saveBlob } from "../../api/download";
import { asFailure, type Failure } from "../../api/failure";
import type { Model, ModelSchema } from "../../api/schema";
import { predictFile, type Upload, type UploadProgress } from "../../api/upload";
import { DataTable } from "../../charts/DataTable";
import { FailureNotice } from "../../components/FailureNotice";
import { FileDrop } from "../../components/FileDrop";
import { Section } from "../../components/Section";
import { firstRows } from "../../lib/csv";
import { formatBytes, formatPercent } from "../../lib/format";
import { rangeLevel, usedColumns } from "../../lib/predictionForm";

type State =
  | { kind: "idle" }
  | { kind: "sending"; file: File; progress: UploadProgress }
  | { kind: "done"; file: File; blob: Blob; preview: string[][] }
  | { kind: "failed"; file: File; failure: Failure };

const previewRows = 20;

/** Predictions of a whole file: a row for a row, to be downloaded. */
export function FilePredictions({ model, schema }: { model: Model; schema: ModelSchema }) {
  const [state, setState] = useState<State>({ kind: "idle" });
  const [isRanged, setIsRanged] = useState(false);
  const level = rangeLevel(schema);
  const upload = useRef<Upload<Blob> | null>(null);
  useEffect(() => () => upload.current?.cancel(), []);
  const names = usedColumns(schema).map((column) => column.name);
  const start = async (file: File) => {
    upload.current?.cancel();
    const progress = { sent: 0, total: file.size, isReading: false };
    setState({ kind: "sending", file, progress });
    const own = predictFile(model.id, file, isRanged ? level : undefined, (next) => {
      if (upload.current === own) setState({ kind: "sending", file, progress: next });
    });
    upload.current = own;
    try {
      const blob = await own.result;
      // Enough of the text for the rows shown, whatever the size of the whole.
      const preview = firstRows(await blob.slice(0, 200_000).text(), previewRows + 1);
      if (upload.current === own) setState({ kind: "done", file, blob, preview });
    } catch (error) {
      if (upload.current !== own) return;
      const isCancelled = error instanceof DOMException && error.name === "AbortError";
      setState(isCancelled ? { kind: "idle" } : { kind: "failed", file, failure: asFailure(error) });
    }
  };
  return (
    <Stack spacing={3}>
      <FileDrop
        title="Drop a file of rows here"
        hint={`It needs the columns ${listed(names)}. Others are passed over.`}
        label="File of rows to predict"
        onFiles={([file]) => file && void start(file)}
      />
      {level !== undefined && (
        <FormControlLabel
          control={<Checkbox checked={isRanged} onChange={(event) => setIsRanged(event.target.checked)} />}
          label={
            schema.task === "regression"
              ? `Add the interval that holds the truth in ${formatPercent(level, 0)} of rows`
              : `Add the set of labels that holds the truth in ${formatPercent(level, 0)} of rows`
          }
        />
      )}
      {state.kind === "sending" && <Sending {...state} onCancel={() => upload.current?.cancel()} />}
      {state.kind === "failed" && (
        <FailureNotice
          failure={state.failure}
          title={`${state.file.name} could not be predicted`}
          onRetry={() => void start(state.file)}
        />
      )}
      {state.kind === "done" && <Done {...state} model={model} />}
    </Stack>
  );
}

function listed(names: readonly string[]): string {
  if (names.length <= 8) return names.join(", ");
  return `${names.slice(0, 7).join(", ")} and ${names.length - 7} more`;
}

function Sending({ file, progress, onCancel }: { file: File; progress: UploadProgress; onCancel: () => void }) {
  const share = progress.total > 0 ? progress.sent / progress.total : 0;
  return (
    <Section
      title={file.name}
      actions={
        <Button color="inherit" onClick={onCancel}>
          Cancel
        </Button>
      }
    >
      <LinearProgress
        variant={progress.isReading ? "indeterminate" : "determinate"}
        value={share * 100}
        aria-label={`Predictions of ${file.name}`}
      />
      <Typography variant="caption" sx={{ color: "text.secondary" }}>
        {progress.isReading
          ? "Sent. The model predicts …"
          : `${formatPercent(share, 0)} of ${formatBytes(file.size)} sent`}
      </Typography>
    </Section>
  );
}

interface DoneProps {
  file: File;
  blob: Blob;
  preview: readonly (readonly string[])[];
  model: Model;
}

function Done({ file, blob, preview, model }: DoneProps) {
  const [head, ...rows] = preview;
  const name = `${file.name.replace(/\.[^.]*$/, "")}-${model.target}.csv`.replace(/[/\\]/g, "-");
  return (
    <Section
      title="Predictions"
      hint={`For ${file.name}, in the order of its rows.`}
      actions={
        <Button variant="contained" startIcon={<Icon>download</Icon>} onClick={() => saveBlob(blob, name)}>
          Download ({formatBytes(blob.size)})
        </Button>
      }
    >
      {head && rows.length > 0 ? (
        <DataTable label={`The first ${rows.length} predictions`} data={{ columns: head, rows }} maxHeight={420} />
      ) : (
        <Alert severity="info" variant="outlined">
          The file has no rows.
        </Alert>
      )}
    </Section>
  );
}
