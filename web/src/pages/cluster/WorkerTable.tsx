import type { Cluster } from "../../api/schema";
import { Link } from "../../components/Link";
import { ScrollTable } from "../../components/ScrollTable";
import { formatAgo, formatInteger, formatPercent } from "../../lib/format";
import { paths } from "../../lib/router";

type Worker = Cluster["workers"][number];

/** Each worker with what it is doing. */
export function WorkerTable({ workers }: { workers: readonly Worker[] }) {
  return (
    <ScrollTable label="Workers">
      <thead>
        <tr>
          <th scope="col">Worker</th>
          <th scope="col">Doing</th>
          <th scope="col" style={{ textAlign: "right" }}>
            Slots
          </th>
          <th scope="col" style={{ textAlign: "right" }}>
            Threads
          </th>
          <th scope="col" style={{ textAlign: "right" }}>
            Trials done
          </th>
          <th scope="col" style={{ textAlign: "right" }}>
            Data in memory
          </th>
          <th scope="col" style={{ textAlign: "right" }}>
            Data in cache
          </th>
          <th scope="col">Started</th>
        </tr>
      </thead>
      <tbody>
        {workers.map((worker) => (
          <tr key={worker.name}>
            <th scope="row" style={{ fontWeight: 500 }}>
              {worker.name}
            </th>
            <td>
              {worker.trials.length === 0
                ? "idle"
                : worker.trials.map((trial, index) => (
                    <span key={`${trial.experiment_id}-${trial.index}`}>
                      {index > 0 && ", "}
                      <Link to={paths.experiment(trial.experiment_id)} isInText>
                        trial {trial.index + 1}
                      </Link>
                    </span>
                  ))}
            </td>
            <td style={{ textAlign: "right" }}>
              {formatInteger(worker.running)} of {formatInteger(worker.slots)}
            </td>
            <td style={{ textAlign: "right" }}>{formatInteger(worker.threads)}</td>
            <td style={{ textAlign: "right" }}>{formatInteger(worker.trials_done)}</td>
            <td style={{ textAlign: "right" }}>{rate(worker.data_hits, worker.data_misses)}</td>
            <td style={{ textAlign: "right" }}>{rate(worker.cache_hits, worker.cache_misses)}</td>
            <td>{formatAgo(worker.started_at)}</td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}

const rate = (hits: number, misses: number): string =>
  hits + misses === 0 ? "–" : formatPercent(hits / (hits + misses));
