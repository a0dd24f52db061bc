import { Paper, Stack } from "@mui/material";
import { Page } from "../components/Page";
import { SignInForm } from "../components/SignInForm";
import { navigate, paths } from "../lib/router";

export function SignInPage() {
  return (
    <Stack sx={{ alignItems: "center", pt: { sm: 6 } }}>
      <Paper variant="outlined" sx={{ p: { xs: 2.5, sm: 4 }, width: "100%", maxWidth: 440 }}>
        <Page
          title="Sign in"
          subtitle="Datasets, experiments and models of this server are shown to who has its token."
        >
          <SignInForm onDone={() => navigate(paths.home)} />
        </Page>
      </Paper>
    </Stack>
  );
}
