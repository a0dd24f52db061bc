import { Stack, Tab, Tabs } from "@mui/material";
import { call } from "../../api/client";
import { Loaded } from "../../components/Loaded";
import { Page } from "../../components/Page";
import { learnerTitle } from "../../lib/metrics";
import { useResource } from "../../lib/resource";
import { paths, useQueryValue } from "../../lib/router";
import { FilePredictions } from "./FilePredictions";
import { RowForm } from "./RowForm";

/** Predictions of a model: of one row that is typed, or of a file. */
export function PredictPage({ id }: { id: string }) {
  const parts = useResource(`model:${id}:predict`, async (signal) => {
    const path = { id };
    const [model, schema] = await Promise.all([
      call("getModel", { path, signal }),
      call("getModelSchema", { path, signal }),
    ]);
    return { model, schema };
  });
  const [view, setView] = useQueryValue("view", "row");
  const found = parts.data;
  return (
    <Page
      title={found ? `Predict ${found.model.target}` : "Predict"}
      above={[
        { title: "Experiments", to: paths.experiments },
        { title: found ? learnerTitle(found.model.model) : "Model", to: paths.model(id) },
      ]}
    >
      <Loaded of={parts} what="the model" lines={6}>
        {({ model, schema }) => (
          <Stack spacing={3}>
            <Tabs value={view} onChange={(_event, next: string) => setView(next)} aria-label="What to predict">
              <Tab label="One row" value="row" id="tab-row" aria-controls="panel" />
              <Tab label="A file" value="file" id="tab-file" aria-controls="panel" />
            </Tabs>
            <div role="tabpanel" id="panel" aria-labelledby={`tab-${view}`}>
              {view === "file" ? (
                <FilePredictions model={model} schema={schema} />
              ) : (
                <RowForm model={model} schema={schema} />
              )}
            </div>
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}
