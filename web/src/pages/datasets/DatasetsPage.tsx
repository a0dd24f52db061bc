import { Stack, Typography } from "@mui/material";
import { call } from "../../api/client";
import { Loaded } from "../../components/Loaded";
import { MoreButton } from "../../components/MoreButton";
import { Page } from "../../components/Page";
import { Section } from "../../components/Section";
import { usePagedList } from "../../lib/lists";
import { navigate, paths } from "../../lib/router";
import { DatasetTable } from "./DatasetTable";
import { ExampleList } from "./ExampleList";
import { UploadPanel } from "./UploadPanel";

const loadPart = (cursor: string | undefined, signal?: AbortSignal) =>
  call("listDatasets", { query: cursor === undefined ? {} : { cursor }, ...(signal ? { signal } : {}) });

export function DatasetsPage() {
  const list = usePagedList("datasets", loadPart);
  return (
    <Page title="Datasets" subtitle="Tables to learn from. A dataset never changes once it is made.">
      <UploadPanel
        onUploaded={(dataset) => {
          list.first.reload();
          if (location.pathname === paths.datasets) navigate(paths.dataset(dataset.id));
        }}
      />
      <Section title="Your datasets" isBare>
        <Loaded of={list.first} what="the datasets">
          {() =>
            list.items.length === 0 ? (
              <Typography sx={{ color: "text.secondary" }}>
                None yet. Drop a file above, or take one of the examples below to see what Martlet does with it.
              </Typography>
            ) : (
              <Stack spacing={2}>
                <DatasetTable datasets={list.items} />
                <MoreButton of={list} />
              </Stack>
            )
          }
        </Loaded>
      </Section>
      <Section title="Examples" isBare hint="Small real tables that come with Martlet.">
        <ExampleList />
      </Section>
    </Page>
  );
}
