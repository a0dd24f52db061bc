import type { Dataset, Experiment } from "../../api/schema";
import { Link } from "../../components/Link";
import { isFinal, StateChip } from "../../components/StateChip";
import { ScrollTable } from "../../components/ScrollTable";
import { formatAgo, formatInteger, formatMoment, formatNumber, formatPercent } from "../../lib/format";
import { metricTitle } from "../../lib/metrics";
import { paths } from "../../lib/router";

interface ExperimentTableProps {
  experiments: readonly Experiment[];
  /** Where names of datasets come from; one that is not among them is shown by its target alone. */
  datasets: readonly Dataset[];
}

/** What an experiment is called: its own name, or what it predicts and from which table. */
export function experimentName(experiment: Experiment, dataset: Dataset | undefined): string {
  if (experiment.name) return experiment.name;
  return dataset ? `${experiment.target} of ${dataset.name}` : experiment.target;
}

/** Experiments with how far they are and how good. */
export function ExperimentTable({ experiments, datasets }: ExperimentTableProps) {
  const names = new Map(datasets.map((dataset) => [dataset.id, dataset]));
  return (
    <ScrollTable label="Experiments">
      <thead>
        <tr>
          <th scope="col">Predicts</th>
          <th scope="col">State</th>
          <th scope="col">Best score</th>
          <th scope="col" style={{ textAlign: "right" }}>
            Trials
          </th>
          <th scope="col">Started</th>
        </tr>
      </thead>
      <tbody>
        {experiments.map((experiment) => (
          <tr key={experiment.id}>
            <td style={{ maxWidth: 320 }}>
              <Link to={paths.experiment(experiment.id)} sx={{ fontWeight: 500 }}>
                {experimentName(experiment, names.get(experiment.dataset_id))}
              </Link>
            </td>
            <td>
              <StateChip state={experiment.state} />{" "}
              {!isFinal(experiment.state) && formatPercent(experiment.progress, 0)}
            </td>
            <td>
              {experiment.best_score === null
                ? "–"
                : `${metricTitle(experiment.resolved_metric)} ${formatNumber(experiment.best_score)}`}
            </td>
            <td style={{ textAlign: "right" }}>{formatInteger(experiment.trials_completed)}</td>
            <td title={formatMoment(experiment.created_at)}>{formatAgo(experiment.created_at)}</td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}
