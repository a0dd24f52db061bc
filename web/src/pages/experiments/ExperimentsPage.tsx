import { Icon, Stack } from "@mui/material";
import { call } from "../../api/client";
import { EmptyState } from "../../components/EmptyState";
import { LinkButton } from "../../components/Link";
import { Loaded } from "../../components/Loaded";
import { MoreButton } from "../../components/MoreButton";
import { Page } from "../../components/Page";
import { isFinal } from "../../components/StateChip";
import { usePagedList } from "../../lib/lists";
import { useResource } from "../../lib/resource";
import { paths } from "../../lib/router";
import { ExperimentTable } from "./ExperimentTable";

const loadPart = (cursor: string | undefined, signal?: AbortSignal) =>
  call("listExperiments", { query: cursor === undefined ? {} : { cursor }, ...(signal ? { signal } : {}) });

export function ExperimentsPage() {
  const list = usePagedList("experiments", loadPart, 5000);
  const datasets = useResource("datasets:names", (signal) => call("listDatasets", { query: { limit: 1000 }, signal }));
  const running = list.items.filter((experiment) => !isFinal(experiment.state)).length;
  const start = (
    <LinkButton to={paths.newExperiment} variant="contained" startIcon={<Icon>add</Icon>}>
      New experiment
    </LinkButton>
  );
  return (
    <Page
      title="Experiments"
      subtitle={running > 0 ? `${running} not yet ended` : "Searches for the best model of a column."}
      actions={list.items.length > 0 ? start : undefined}
    >
      <Loaded of={list.first} what="the experiments">
        {() =>
          list.items.length === 0 ? (
            <EmptyState icon="science" title="No experiments yet" actions={start}>
              An experiment tries many learners and settings on one column of a dataset, scores each on rows it has not
              seen, and ranks them. Choose a dataset to start one.
            </EmptyState>
          ) : (
            <Stack spacing={2}>
              <ExperimentTable experiments={list.items} datasets={datasets.data?.items ?? []} />
              <MoreButton of={list} />
            </Stack>
          )
        }
      </Loaded>
    </Page>
  );
}
