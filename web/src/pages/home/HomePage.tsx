import { Box, Icon, Paper, Stack, Typography } from "@mui/material";
import { call } from "../../api/client";
import { LinkButton } from "../../components/Link";
import { Loaded } from "../../components/Loaded";
import { Page } from "../../components/Page";
import { Section } from "../../components/Section";
import { useResource } from "../../lib/resource";
import { navigate, paths } from "../../lib/router";
import { DatasetTable } from "../datasets/DatasetTable";
import { ExampleList } from "../datasets/ExampleList";
import { UploadPanel } from "../datasets/UploadPanel";
import { ExperimentTable } from "../experiments/ExperimentTable";

const steps = [
  {
    icon: "upload_file",
    title: "Bring a table",
    text: "A row for each case, a column for each thing known about it. Martlet finds out what is in it.",
  },
  {
    icon: "ads_click",
    title: "Name the column to predict",
    text: "Who leaves, what it costs, which kind it is. Everything else has a sensible default.",
  },
  {
    icon: "emoji_events",
    title: "Get models, ranked and explained",
    text: "Scores come from rows a model has not seen. Then predict, download, or call it from your code.",
  },
];

/** What was done lately, and how to start. */
export function HomePage() {
  const experiments = useResource(
    "experiments:recent",
    (signal) => call("listExperiments", { query: { limit: 5 }, signal }),
    10_000,
  );
  const datasets = useResource("datasets:recent", (signal) => call("listDatasets", { query: { limit: 5 }, signal }));
  const isNew = experiments.data?.items.length === 0 && datasets.data?.items.length === 0;
  return (
    <Page
      title={isNew ? "Learn from a table" : "Home"}
      subtitle={isNew ? "Upload a table, choose a column, and get the best model for it." : undefined}
    >
      {isNew && <Steps />}
      <UploadPanel onUploaded={(dataset) => location.pathname === paths.home && navigate(paths.dataset(dataset.id))} />
      {!isNew && (
        <Section
          title="Recent experiments"
          isBare
          actions={<LinkButton to={paths.experiments}>All experiments</LinkButton>}
        >
          <Loaded of={experiments} what="the experiments">
            {(list) =>
              list.items.length === 0 ? (
                <Typography sx={{ color: "text.secondary" }}>
                  None yet. Open a dataset and choose <strong>Train</strong>.
                </Typography>
              ) : (
                <ExperimentTable experiments={list.items} datasets={datasets.data?.items ?? []} />
              )
            }
          </Loaded>
        </Section>
      )}
      {!isNew && (
        <Section title="Recent datasets" isBare actions={<LinkButton to={paths.datasets}>All datasets</LinkButton>}>
          <Loaded of={datasets} what="the datasets">
            {(list) =>
              list.items.length === 0 ? (
                <Typography sx={{ color: "text.secondary" }}>None yet. Drop a file above.</Typography>
              ) : (
                <DatasetTable datasets={list.items} />
              )
            }
          </Loaded>
        </Section>
      )}
      <Section
        title={isNew ? "Or start with an example" : "Examples"}
        isBare
        hint={isNew ? "Small real tables that come with Martlet: two clicks to a first model." : undefined}
      >
        <ExampleList />
      </Section>
    </Page>
  );
}

function Steps() {
  return (
    <Box
      component="ol"
      sx={{ display: "grid", gap: 2, p: 0, m: 0, listStyle: "none", gridTemplateColumns: { md: "repeat(3, 1fr)" } }}
    >
      {steps.map((step, index) => (
        <Paper key={step.title} component="li" variant="outlined" sx={{ p: 2.5 }}>
          <Stack direction="row" spacing={1.5}>
            <Icon sx={{ color: "primary.main" }}>{step.icon}</Icon>
            <Box>
              <Typography sx={{ fontWeight: 500 }}>
                {index + 1}. {step.title}
              </Typography>
              <Typography variant="body2" sx={{ color: "text.secondary", mt: 0.5 }}>
                {step.text}
              </Typography>
            </Box>
          </Stack>
        </Paper>
      ))}
    </Box>
  );
}
