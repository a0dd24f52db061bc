import {
  Alert,
  AlertTitle,
  Button,
  IconButton,
  Icon,
  LinearProgress,
  Paper,
  Stack,
  Tooltip,
  Typography,
} from "@mui/material";
import { adviceFor } from "../../api/failure";
import { sentence } from "../../components/FailureNotice";
import { LinkButton } from "../../components/Link";
import { formatBytes, formatDuration, formatPercent, plural } from "../../lib/format";
import { paths } from "../../lib/router";
import { uploads, type UploadEntry } from "../../lib/uploads";

/** One file on its way, or what became of it. */
export function UploadRow({ entry }: { entry: UploadEntry }) {
  const { id, file, state, dataset, failure } = entry;
  const dismiss = () => uploads.dismiss(id);
  if (state === "sending") return <Sending entry={entry} />;
  if (state === "done" && dataset) {
    const open = (
      <Stack direction="row">
        <LinkButton to={paths.dataset(dataset.id)} color="inherit" size="small">
          Open
        </LinkButton>
        <Dismiss onClick={dismiss} />
      </Stack>
    );
    return (
      <Alert severity="success" variant="outlined" action={open}>
        {dataset.name}: {plural(dataset.rows, "row")}, {plural(dataset.columns.length, "column")}
      </Alert>
    );
  }
  const retry = (
    <Stack direction="row">
      <Button color="inherit" size="small" onClick={() => void uploads.retry(id)}>
        Try again
      </Button>
      <Dismiss onClick={dismiss} />
    </Stack>
  );
  if (state === "cancelled") {
    return (
      <Alert severity="info" variant="outlined" action={retry}>
        The upload of {file.name} was cancelled.
      </Alert>
    );
  }
  return (
    <Alert severity="error" variant="outlined" action={retry}>
      <AlertTitle>{file.name} could not become a dataset</AlertTitle>
      {failure && sentence(failure.message)}{" "}
      {failure && (adviceFor(failure) ?? (failure.status === 422 ? "Mend the file and choose it again." : ""))}
    </Alert>
  );
}

function Dismiss({ onClick }: { onClick: () => void }) {
  return (
    <Tooltip title="Dismiss">
      <IconButton size="small" color="inherit" aria-label="Dismiss" onClick={onClick}>
        <Icon fontSize="small">close</Icon>
      </IconButton>
    </Tooltip>
  );
}

function Sending({ entry }: { entry: UploadEntry }) {
  const { file, progress } = entry;
  const share = progress.total > 0 ? progress.sent / progress.total : 0;
  const seconds = (Date.now() - entry.startedAt) / 1000;
  const left = share > 0.02 && seconds > 1 ? ` · ${formatDuration((seconds / share) * (1 - share))} left` : "";
  const text = progress.isReading
    ? "Sent. The server reads the table …"
    : `${formatBytes(progress.sent)} of ${formatBytes(progress.total)} (${formatPercent(share, 0)})${left}`;
  return (
    <Paper variant="outlined" sx={{ px: 2, py: 1.5 }}>
      <Stack direction="row" spacing={2} sx={{ alignItems: "center" }}>
        <Stack spacing={0.75} sx={{ flexGrow: 1, minWidth: 0 }}>
          <Typography variant="body2" noWrap sx={{ fontWeight: 500 }}>
            {file.name}
          </Typography>
          <LinearProgress
            aria-label={`Upload of ${file.name}`}
            variant={progress.isReading ? "indeterminate" : "determinate"}
            value={share * 100}
          />
          <Typography variant="caption" sx={{ color: "text.secondary" }}>
            {text}
          </Typography>
        </Stack>
        <Button size="small" color="inherit" onClick={() => uploads.cancel(entry.id)}>
          Cancel
        </Button>
      </Stack>
    </Paper>
  );
}
