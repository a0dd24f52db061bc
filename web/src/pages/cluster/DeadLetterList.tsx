import { Stack } from "@mui/material";
import { call } from "../../api/client";
import type { DeadLetter } from "../../api/schema";
import { FailureNotice } from "../../components/FailureNotice";
import { Link } from "../../components/Link";
import { MoreButton } from "../../components/MoreButton";
import { ScrollTable } from "../../components/ScrollTable";
import { Section } from "../../components/Section";
import { formatAgo, formatInteger } from "../../lib/format";
import { usePagedList } from "../../lib/lists";
import { paths } from "../../lib/router";

const loadPart = (cursor: string | undefined, signal?: AbortSignal) =>
  call("listDeadLetters", { query: { limit: 20, ...(cursor ? { cursor } : {}) }, ...(signal ? { signal } : {}) });

/** The trials that were given up, where there are any. */
export function DeadLetterList() {
  const list = usePagedList("dead-letters", loadPart, 30_000);
  const failure = list.first.data ? undefined : list.first.failure;
  if (failure) return <FailureNotice failure={failure} title="Could not load the trials given up" />;
  if (list.items.length === 0) return null;
  return (
    <Section
      title="Trials given up"
      hint="Each was begun three times, and no worker came to its end. They count as failed."
      isBare
    >
      <Stack spacing={2}>
        <DeadLetterTable letters={list.items} />
        <MoreButton of={list} />
      </Stack>
    </Section>
  );
}

function DeadLetterTable({ letters }: { letters: readonly DeadLetter[] }) {
  return (
    <ScrollTable label="Trials given up">
      <thead>
        <tr>
          <th scope="col">Given up</th>
          <th scope="col">Experiment</th>
          <th scope="col" style={{ textAlign: "right" }}>
            Trial
          </th>
          <th scope="col">Learner</th>
          <th scope="col">Workers that began it</th>
        </tr>
      </thead>
      <tbody>
        {letters.map((letter) => (
          <tr key={`${letter.experiment_id}-${letter.trial}-${letter.at}`}>
            <td>{formatAgo(letter.at)}</td>
            <td>
              <Link to={paths.experiment(letter.experiment_id)} isInText>
                {letter.experiment_id}
              </Link>
            </td>
            <td style={{ textAlign: "right" }}>{formatInteger(letter.trial)}</td>
            <td>{letter.learner}</td>
            <td>
              {letter.starts.map((start, index) => (
                <div key={index}>
                  {start.worker}: {start.failure ?? "not heard of again"}
                </div>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}
