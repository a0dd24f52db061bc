import { Box, Typography } from "@mui/material";
import type { ReactNode } from "react";
import { Definitions } from "../../components/Definitions";
import { Section } from "../../components/Section";
import { typeTitles } from "../../lib/columns";
import type { ColumnType } from "../../lib/experimentForm";
import { formatInteger, formatMoment, formatNumber, formatPercent } from "../../lib/format";
import { learnerTitle } from "../../lib/metrics";
import type { ModelParts } from "./ModelPage";
import { grid } from "./ScoresView";

/** What the model is and how it was made. */
export function DetailsView({ model, evaluation: { card }, entry }: ModelParts) {
  const settings = Object.entries(entry?.hyperparameters ?? {});
  const isEnsemble = card.members.length > 1;
  return (
    <Box sx={grid}>
      {isEnsemble && (
        <Section title="Members" hint="The models whose predictions are averaged, with their weights.">
          <Definitions
            items={card.members.map((member) => ({
              name: learnerTitle(member.model),
              value: formatPercent(member.weight),
            }))}
          />
        </Section>
      )}
      {!isEnsemble && (
        <Section title="Hyperparameters" hint={learnerTitle(model.learner)}>
          {settings.length === 0 ? (
            <Typography variant="body2" sx={{ color: "text.secondary" }}>
              This learner has none.
            </Typography>
          ) : (
            <Definitions
              items={settings.map(([name, value]) => ({ name: learnerTitle(name), value: showSetting(value) }))}
            />
          )}
        </Section>
      )}
      <Section title="Origin">
        <Definitions items={originOf({ model, card })} />
      </Section>
      <Section title="Columns" hint="What the model takes.">
        <Box sx={{ maxHeight: 420, overflow: "auto" }} tabIndex={0} role="group" aria-label="Columns of the model">
          <Definitions
            items={card.columns.map((column) => ({
              name: column.name,
              value: column.left_out
                ? `not used: ${column.left_out}`
                : (typeTitles[column.type as ColumnType] ?? column.type),
            }))}
          />
        </Box>
      </Section>
    </Box>
  );
}

function originOf({ model, card }: { model: ModelParts["model"]; card: ModelParts["evaluation"]["card"] }) {
  const items: { name: string; value: ReactNode }[] = [
    { name: "Made", value: formatMoment(model.created_at) },
    { name: "From", value: `${formatInteger(card.rows)} rows` },
    { name: "Scores from", value: card.validation },
    { name: "Seed", value: String(card.seed) },
    { name: "Martlet", value: card.martlet_version },
    { name: "Model id", value: model.id },
  ];
  if (card.data?.task_reason) items.splice(2, 0, { name: "Task", value: card.data.task_reason });
  if (card.task === "binary") items.push({ name: "Positive class", value: card.classes.at(-1) });
  if (card.threshold !== undefined) items.push({ name: "Threshold", value: formatNumber(card.threshold) });
  const rule = card.settings["threshold"];
  if (rule !== undefined) items.push({ name: "Asked for", value: showSetting(rule) });
  if (card.threshold_note) items.push({ name: "Out of reach", value: card.threshold_note });
  if (card.origin) items.push({ name: "Machine", value: card.origin.machine });
  return items;
}

function showSetting(value: unknown): string {
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "string" ? value : JSON.stringify(value);
}
