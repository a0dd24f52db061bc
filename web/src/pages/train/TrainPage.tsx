import { call } from "../../api/client";
import { Loaded } from "../../components/Loaded";
import { Page } from "../../components/Page";
import { plural } from "../../lib/format";
import { useResource } from "../../lib/resource";
import { paths } from "../../lib/router";
import { TrainForm } from "./TrainForm";

/** A new experiment on a dataset. */
export function TrainPage({ id }: { id: string }) {
  const all = useResource(`dataset:${id}:train`, async (signal) => {
    const path = { id };
    const [dataset, profile, learners] = await Promise.all([
      call("getDataset", { path, signal }),
      call("getDatasetProfile", { path, signal }),
      call("listLearners", { signal }),
    ]);
    return { dataset, profile, learners: learners.items };
  });
  const dataset = all.data?.dataset;
  return (
    <Page
      title="New experiment"
      above={[
        { title: "Datasets", to: paths.datasets },
        { title: dataset?.name ?? "Dataset", to: paths.dataset(id) },
      ]}
      subtitle={
        dataset && `On ${dataset.name}: ${plural(dataset.rows, "row")}, ${plural(dataset.columns.length, "column")}`
      }
    >
      <Loaded of={all} what="the dataset" lines={8}>
        {(data) => <TrainForm {...data} />}
      </Loaded>
    </Page>
  );
}
