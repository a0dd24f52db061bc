import { Button, Dialog, DialogActions, DialogContent, DialogContentText, DialogTitle, Icon } from "@mui/material";
import { useId, useState } from "react";
import { asFailure, type Failure } from "../api/failure";
import { FailureNotice } from "./FailureNotice";

interface ConfirmButtonProps {
  label: string;
  icon: string;
  title: string;
  text: string;
  confirm: string;
  /** What the button for not doing it says. */
  keep: string;
  onConfirm: () => Promise<void>;
}

/** A button for what cannot be undone: asks first, and shows in place what went wrong. */
export function ConfirmButton({ label, icon, title, text, confirm, keep, onConfirm }: ConfirmButtonProps) {
  const [isOpen, setIsOpen] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const id = useId();
  const close = () => {
    setIsOpen(false);
    setFailure(undefined);
  };
  const run = async () => {
    setIsBusy(true);
    try {
      await onConfirm();
      close();
    } catch (error) {
      setFailure(asFailure(error));
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <>
      <Button variant="outlined" color="inherit" startIcon={<Icon>{icon}</Icon>} onClick={() => setIsOpen(true)}>
        {label}
      </Button>
      <Dialog open={isOpen} onClose={close} aria-labelledby={id} fullWidth maxWidth="xs">
        <DialogTitle id={id}>{title}</DialogTitle>
        <DialogContent>
          <DialogContentText sx={{ mb: failure ? 2 : 0 }}>{text}</DialogContentText>
          {failure && <FailureNotice failure={failure} />}
        </DialogContent>
        <DialogActions>
          <Button onClick={close} autoFocus>
            {keep}
          </Button>
          <Button color="error" onClick={() => void run()} disabled={isBusy}>
            {confirm}
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
