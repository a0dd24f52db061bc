import { Alert, AlertTitle, Button } from "@mui/material";
import { adviceFor, type Failure } from "../api/failure";

interface FailureNoticeProps {
  failure: Failure;
  /** What was being done, as the start of the message: "The table could not be read". */
  title?: string;
  onRetry?: (() => void) | undefined;
  onClose?: () => void;
}

/** Says what went wrong and what to do. */
export function FailureNotice({ failure, title, onRetry, onClose }: FailureNoticeProps) {
  const advice = adviceFor(failure);
  const retry = onRetry && (
    <Button color="inherit" size="small" onClick={onRetry}>
      Try again
    </Button>
  );
  const others = failure.fields.filter((entry) => !failure.message.includes(entry.message));
  return (
    <Alert severity="error" variant="outlined" action={retry} {...(onClose ? { onClose } : {})}>
      <AlertTitle>{title ?? failure.title}</AlertTitle>
      {sentence(failure.message)} {advice}
      {others.map((entry) => (
        <div key={entry.field}>
          {entry.field}: {entry.message}
        </div>
      ))}
    </Alert>
  );
}

/** With a capital and a full stop, as the server's details have neither. */
export function sentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!]$/.test(start) ? start : `${start}.`;
}
