import { Dialog, DialogContent, DialogContentText, DialogTitle } from "@mui/material";
import { SignInForm } from "./SignInForm";

/** Comes over whatever page is open when the server asks for a token, so that nothing on that page is lost. */
export function SignInDialog({ isOpen }: { isOpen: boolean }) {
  return (
    <Dialog open={isOpen} fullWidth maxWidth="xs" aria-labelledby="sign-in-title">
      <DialogTitle id="sign-in-title">Sign in to Martlet</DialogTitle>
      <DialogContent>
        <DialogContentText sx={{ mb: 3 }}>This server asks for its token. Your page stays as it is.</DialogContentText>
        <SignInForm onDone={() => undefined} />
      </DialogContent>
    </Dialog>
  );
}
