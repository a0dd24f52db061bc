import { Button, Dialog, DialogActions, DialogContent, DialogContentText, DialogTitle } from "@mui/material";
import { useId } from "react";
import { adviceFor, type Failure } from "../api/failure";
import { sentence } from "./FailureNotice";

/** For a failure of something that has no place of its own in the page. */
export function FailureDialog({ failure, title, onClose }: { failure: Failure; title: string; onClose: () => void }) {
  const id = useId();
  return (
    <Dialog open onClose={onClose} aria-labelledby={id} fullWidth maxWidth="xs">
      <DialogTitle id={id}>{title}</DialogTitle>
      <DialogContent>
        <DialogContentText>
          {sentence(failure.message)} {adviceFor(failure)}
        </DialogContentText>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose} autoFocus>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}
