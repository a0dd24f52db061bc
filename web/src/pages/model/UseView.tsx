import { Box, Stack, Tab, Tabs, Typography } from "@mui/material";
import { useState } from "react";
import { address, call } from "../../api/client";
import { session } from "../../api/session";
import { CodeBlock } from "../../components/CodeBlock";
import { DownloadButton } from "../../components/DownloadButton";
import { Loaded } from "../../components/Loaded";
import { Section } from "../../components/Section";
import { formatBytes } from "../../lib/format";
import { useResource } from "../../lib/resource";
import { snippets } from "../../lib/snippets";
import type { ModelParts } from "./ModelPage";
import { grid } from "./ScoresView";

/** Downloads, and code that calls the model. */
export function UseView({ model, evaluation }: ModelParts) {
  const path = { id: model.id };
  const schema = useResource(`model:${model.id}:schema`, (signal) => call("getModelSchema", { path, signal }));
  const name = `${model.target}-${model.model}`.replace(/[^\w-]+/g, "-");
  const downloads = [
    {
      title: "Model",
      file: `${name}.martlet`,
      url: address("getModelArtifact", path),
      text: `The whole model in one file (${formatBytes(evaluation.bytes)}), for martlet predict on any machine.`,
    },
    {
      title: "ONNX",
      file: `${name}.onnx`,
      url: address("getModelONNX", path),
      text: "For ONNX Runtime in other languages, on phones and in browsers.",
    },
    {
      title: "Report",
      file: `${name}.html`,
      url: address("getReport", path),
      text: "Scores and explanation as one page to keep or pass on. Making it takes up to a minute, once.",
    },
  ];
  return (
    <Stack spacing={3}>
      <Section title="Download">
        <Box sx={{ ...grid, gridTemplateColumns: { xs: "minmax(0, 1fr)", md: "repeat(3, minmax(0, 1fr))" } }}>
          {downloads.map((entry) => (
            <Stack key={entry.title} spacing={1} sx={{ alignItems: "flex-start" }}>
              <Typography variant="body2" sx={{ color: "text.secondary" }}>
                {entry.text}
              </Typography>
              <DownloadButton url={entry.url} filename={entry.file}>
                {entry.title}
              </DownloadButton>
            </Stack>
          ))}
        </Box>
      </Section>
      <Section title="Call it" hint="The example is a row that the model carries.">
        <Loaded of={schema} what="the model's columns">
          {({ example }) => <Code modelID={model.id} example={example} />}
        </Loaded>
      </Section>
    </Stack>
  );
}

function Code({ modelID, example }: { modelID: string; example: Record<string, string | number | boolean | null> }) {
  const [chosen, setChosen] = useState("curl");
  const needsToken = session.snapshot().hasToken;
  const all = snippets({ origin: location.origin, modelID, example, needsToken });
  const shown = all.find(({ key }) => key === chosen) ?? all[0];
  return (
    <Stack spacing={2}>
      <Tabs
        value={chosen}
        onChange={(_event, next: string) => setChosen(next)}
        aria-label="Language"
        variant="scrollable"
        scrollButtons={false}
      >
        {all.map(({ key, title }) => (
          <Tab key={key} value={key} label={title} id={`code-tab-${key}`} aria-controls="code-panel" />
        ))}
      </Tabs>
      <div role="tabpanel" id="code-panel" aria-labelledby={`code-tab-${chosen}`}>
        {shown && <CodeBlock code={shown.code} label={`Code for ${shown.title}`} />}
      </div>
    </Stack>
  );
}
