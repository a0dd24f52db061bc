import { Alert, AlertTitle, Icon, Stack, Tab, Tabs } from "@mui/material";
import { address, call } from "../../api/client";
import type { Dataset } from "../../api/schema";
import { ConfirmButton } from "../../components/ConfirmButton";
import { sentence } from "../../components/FailureNotice";
import { DownloadButton } from "../../components/DownloadButton";
import { LinkButton } from "../../components/Link";
import { Loaded } from "../../components/Loaded";
import { Page } from "../../components/Page";
import { formatAgo, formatBytes, plural } from "../../lib/format";
import { forget, useResource } from "../../lib/resource";
import { navigate, paths, useQueryValue } from "../../lib/router";
import { ColumnList } from "./ColumnList";
import { RowPreview } from "./RowPreview";

export function DatasetPage({ id }: { id: string }) {
  const dataset = useResource(`dataset:${id}`, (signal) => call("getDataset", { path: { id }, signal }));
  const [view, setView] = useQueryValue("view", "columns");
  const found = dataset.data;
  return (
    <Page
      title={found?.name ?? "Dataset"}
      above={[{ title: "Datasets", to: paths.datasets }]}
      subtitle={found && describe(found)}
      actions={found && <Actions dataset={found} />}
    >
      <Loaded of={dataset} what="the dataset">
        {(data) => (
          <Stack spacing={3}>
            {data.notes && data.notes.length > 0 && <Notes notes={data.notes} />}
            <Tabs
              value={view}
              onChange={(_event, next: string) => setView(next)}
              aria-label="What to see of the dataset"
            >
              <Tab label="Columns" value="columns" id="tab-columns" aria-controls="panel" />
              <Tab label="Rows" value="rows" id="tab-rows" aria-controls="panel" />
            </Tabs>
            <div role="tabpanel" id="panel" aria-labelledby={`tab-${view}`}>
              {view === "rows" ? <RowPreview dataset={data} /> : <ColumnList dataset={data} />}
            </div>
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

const describe = (dataset: Dataset) =>
  [
    plural(dataset.rows, "row"),
    plural(dataset.columns.length, "column"),
    formatBytes(dataset.bytes),
    `made ${formatAgo(dataset.created_at)}`,
  ].join(" · ");

function Actions({ dataset }: { dataset: Dataset }) {
  const remove = async () => {
    await call("deleteDataset", { path: { id: dataset.id } });
    forget("dataset");
    navigate(paths.datasets);
  };
  return (
    <>
      <ConfirmButton
        label="Delete"
        icon="delete"
        title={`Delete ${dataset.name}?`}
        text="Its rows are gone for good. Models learnt from it stay."
        confirm="Delete it"
        keep="Keep it"
        onConfirm={remove}
      />
      <DownloadButton url={address("getDatasetFile", { id: dataset.id })} filename={`${dataset.name}.csv`}>
        Download
      </DownloadButton>
      <LinkButton to={paths.train(dataset.id)} variant="contained" startIcon={<Icon>model_training</Icon>}>
        Train
      </LinkButton>
    </>
  );
}

/** What was found while reading the file. */
function Notes({ notes }: { notes: NonNullable<Dataset["notes"]> }) {
  return (
    <Alert severity="info" variant="outlined">
      <AlertTitle>While reading the file</AlertTitle>
      {notes.map((note, index) => (
        <div key={index}>
          {note.line !== undefined && `Line ${note.line}: `}
          {sentence(note.message)}
        </div>
      ))}
    </Alert>
  );
}
