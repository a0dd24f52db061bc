import { Stack } from "@mui/material";
import { call } from "../../api/client";
import { Loaded } from "../../components/Loaded";
import { MoreButton } from "../../components/MoreButton";
import { Page } from "../../components/Page";
import { Section } from "../../components/Section";
import { usePagedList } from "../../lib/lists";
import { navigate, paths } from "../../lib/router";
import { DatasetTable } from "../datasets/DatasetTable";
import { UploadPanel } from "../datasets/UploadPanel";

const loadPart = (cursor: string | undefined, signal?: AbortSignal) =>
  call("listDatasets", { query: cursor === undefined ? {} : { cursor }, ...(signal ? { signal } : {}) });

/** The first step of an experiment that was not started from a dataset. */
export function ChooseDatasetPage() {
  const list = usePagedList("datasets", loadPart);
  return (
    <Page
      title="New experiment"
      above={[{ title: "Experiments", to: paths.experiments }]}
      subtitle="Choose the dataset to learn from, or bring another."
    >
      <Loaded of={list.first} what="the datasets">
        {() =>
          list.items.length > 0 && (
            <Section title="Your datasets" isBare>
              <Stack spacing={2}>
                <DatasetTable datasets={list.items} />
                <MoreButton of={list} />
              </Stack>
            </Section>
          )
        }
      </Loaded>
      <Section title="Another one" isBare>
        <UploadPanel onUploaded={(dataset) => navigate(paths.train(dataset.id))} />
      </Section>
    </Page>
  );
}
