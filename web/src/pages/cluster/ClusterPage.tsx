import { Button, Icon, Paper, Stack } from "@mui/material";
import { call } from "../../api/client";
import type { Cluster } from "../../api/schema";
import { EmptyState } from "../../components/EmptyState";
import { Facts } from "../../components/Facts";
import { Loaded } from "../../components/Loaded";
import { Page } from "../../components/Page";
import { Section } from "../../components/Section";
import { formatInteger, formatPercent, plural } from "../../lib/format";
import { useResource } from "../../lib/resource";
import { DeadLetterList } from "./DeadLetterList";
import { StorageList } from "./StorageList";
import { WorkerTable } from "./WorkerTable";

/** What the cluster is doing now. */
export function ClusterPage() {
  const cluster = useResource("cluster", (signal) => call("getCluster", { signal }), 2000);
  const links = cluster.data?.links ?? [];
  return (
    <Page
      title="Cluster"
      subtitle="Who trains, what waits, and whether storage answers. Refreshed every two seconds."
      actions={
        links.length > 0 &&
        links.map((link) => (
          <Button
            key={link.href}
            href={link.href}
            target="_blank"
            rel="noreferrer"
            variant="outlined"
            color="inherit"
            endIcon={<Icon>open_in_new</Icon>}
          >
            {link.title}
          </Button>
        ))
      }
    >
      <Loaded of={cluster} what="the cluster" lines={6}>
        {(data) => (
          <Stack spacing={4}>
            <Paper variant="outlined" component="section" aria-label="In short" sx={{ p: 3 }}>
              <Facts facts={factsOf(data)} />
            </Paper>
            <Section title="Workers" isBare>
              {data.workers.length === 0 ? (
                <EmptyState icon="dns" title="No workers">
                  Nothing is trained until there is one. Start one with <code>martlet worker</code>; experiments wait
                  for it.
                </EmptyState>
              ) : (
                <WorkerTable workers={data.workers} />
              )}
            </Section>
            <DeadLetterList />
            {data.storage && data.storage.length > 0 && <StorageList stores={data.storage} />}
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function factsOf(cluster: Cluster) {
  const queued = cluster.queued_experiments;
  return [
    {
      label: "Slots in use",
      value: `${formatInteger(cluster.busy_slots)} of ${formatInteger(cluster.slots)}`,
      hint: plural(cluster.workers.length, "worker"),
    },
    { label: "Trials waiting", value: formatInteger(cluster.queue_lag) },
    {
      label: "Experiments running",
      value: formatInteger(cluster.running_experiments),
      ...(queued > 0 ? { hint: `${formatInteger(queued)} waiting` } : {}),
    },
    { label: "Data found in memory", value: formatPercent(cluster.data_hit_rate) },
    { label: "Found in the cache", value: formatPercent(cluster.cache_hit_rate) },
  ];
}
