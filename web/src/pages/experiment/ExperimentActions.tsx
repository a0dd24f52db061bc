import { Icon } from "@mui/material";
import { call } from "../../api/client";
import type { Experiment } from "../../api/schema";
import { ConfirmButton } from "../../components/ConfirmButton";
import { LinkButton } from "../../components/Link";
import { isFinal } from "../../components/StateChip";
import { forget } from "../../lib/resource";
import { navigate, paths } from "../../lib/router";

/** What can be done with an experiment: cancel it while it runs; afterwards use its best model, or delete it. */
export function ExperimentActions({ experiment, onChange }: { experiment: Experiment; onChange: () => void }) {
  const path = { id: experiment.id };
  if (!isFinal(experiment.state)) {
    return (
      <ConfirmButton
        label="Cancel"
        icon="stop_circle"
        title="Cancel this experiment?"
        text="No more trials are started. The models found so far stay and can be used."
        confirm="Cancel it"
        keep="Let it run"
        onConfirm={async () => {
          await call("cancelExperiment", { path });
          onChange();
        }}
      />
    );
  }
  return (
    <>
      <ConfirmButton
        label="Delete"
        icon="delete"
        title="Delete this experiment?"
        text="Its models are deleted too. The dataset stays."
        confirm="Delete it"
        keep="Keep it"
        onConfirm={async () => {
          await call("deleteExperiment", { path });
          forget("experiments");
          navigate(paths.experiments);
        }}
      />
      <LinkButton to={paths.train(experiment.dataset_id)} variant="outlined" color="inherit">
        Train again
      </LinkButton>
      {experiment.best_model_id !== null && (
        <LinkButton
          to={paths.model(experiment.best_model_id)}
          variant="contained"
          startIcon={<Icon>emoji_events</Icon>}
        >
          Best model
        </LinkButton>
      )}
    </>
  );
}
