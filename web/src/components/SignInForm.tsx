import { Button, Icon, IconButton, InputAdornment, Stack, TextField, Tooltip } from "@mui/material";
import { useState, type FormEvent } from "react";
import { address, send } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import { session } from "../api/session";
import { forget } from "../lib/resource";
import { FailureNotice } from "./FailureNotice";

const aboutToken =
  "Whoever started the server has it: it was set as MARTLET_API_TOKEN. It is forgotten when this tab closes.";
const wrongToken = "This is not the server's token. Is it whole, and of this server?";

/** Asks for the server's token and tries it. It is kept for this tab alone. */
export function SignInForm({ onDone }: { onDone: () => void }) {
  const [token, setToken] = useState("");
  const [isShown, setIsShown] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const given = token.trim();
    if (given === "") return;
    setIsBusy(true);
    try {
      const header = { Authorization: `Bearer ${given}` };
      await send("GET", address("listExperiments", {}, { limit: 1 }), undefined, undefined, header);
      forget();
      session.signIn(given);
      onDone();
    } catch (error) {
      setFailure(asFailure(error));
    } finally {
      setIsBusy(false);
    }
  };
  const isWrong = failure?.status === 401;
  const eye = isShown ? "Hide the token" : "Show the token";
  return (
    <Stack component="form" spacing={2} onSubmit={(event: FormEvent) => void submit(event)} noValidate>
      {failure && failure.status !== 401 && <FailureNotice failure={failure} title="Could not sign in" />}
      <TextField
        label="Token"
        type={isShown ? "text" : "password"}
        value={token}
        onChange={(event) => {
          setToken(event.target.value);
          setFailure(undefined);
        }}
        error={isWrong}
        helperText={isWrong ? wrongToken : aboutToken}
        autoComplete="current-password"
        autoFocus
        fullWidth
        slotProps={{
          input: {
            endAdornment: (
              <InputAdornment position="end">
                <Tooltip title={eye}>
                  <IconButton aria-label={eye} edge="end" onClick={() => setIsShown(!isShown)}>
                    <Icon>{isShown ? "visibility_off" : "visibility"}</Icon>
                  </IconButton>
                </Tooltip>
              </InputAdornment>
            ),
          },
          htmlInput: { autoCapitalize: "none", spellCheck: false },
        }}
      />
      <Button type="submit" variant="contained" size="large" disabled={isBusy || token.trim() === ""}>
        Sign in
      </Button>
    </Stack>
  );
}
