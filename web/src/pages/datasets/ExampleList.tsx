import { Box, Button, Paper, Stack, Typography } from "@mui/material";
import { useState } from "react";
import { call } from "../../api/client";
import { asFailure, type Failure } from "../../api/failure";
import { FailureNotice } from "../../components/FailureNotice";
import { Loaded } from "../../components/Loaded";
import { plural } from "../../lib/format";
import { taskTitles } from "../../lib/metrics";
import { forget, useResource } from "../../lib/resource";
import { navigate, paths } from "../../lib/router";

/** Tables that come with Martlet; one click makes a dataset of one. */
export function ExampleList() {
  const examples = useResource("examples", (signal) => call("listExamples", { signal }));
  const [busy, setBusy] = useState<string>();
  const [failure, setFailure] = useState<Failure>();
  const use = async (name: string) => {
    setBusy(name);
    setFailure(undefined);
    try {
      const dataset = await call("createDatasetFromExample", { path: { name } });
      forget("datasets");
      navigate(paths.dataset(dataset.id));
    } catch (error) {
      setFailure(asFailure(error));
      setBusy(undefined);
    }
  };
  return (
    <Stack spacing={2}>
      {failure && <FailureNotice failure={failure} title="The example could not be made a dataset" />}
      <Loaded of={examples} what="the examples">
        {(list) => (
          <Box
            sx={{ display: "grid", gap: 2, gridTemplateColumns: "repeat(auto-fill, minmax(min(17rem, 100%), 1fr))" }}
          >
            {list.items.map((example) => (
              <Paper key={example.name} variant="outlined" sx={{ p: 2.5, display: "flex", flexDirection: "column" }}>
                <Typography variant="h3">{example.title}</Typography>
                <Typography variant="body2" sx={{ color: "text.secondary", mt: 0.75, mb: 1.5, flexGrow: 1 }}>
                  {example.description}
                </Typography>
                <Typography variant="caption" sx={{ color: "text.secondary", mb: 1.5 }}>
                  {plural(example.rows, "row")} · predict <strong>{example.target}</strong> ·{" "}
                  {taskTitles[example.task].toLowerCase()}
                </Typography>
                <Button
                  variant="outlined"
                  size="small"
                  sx={{ alignSelf: "flex-start" }}
                  disabled={busy !== undefined}
                  onClick={() => void use(example.name)}
                  aria-label={`Use the example ${example.title}`}
                >
                  {busy === example.name ? "Making it …" : "Use this"}
                </Button>
              </Paper>
            ))}
          </Box>
        )}
      </Loaded>
    </Stack>
  );
}
