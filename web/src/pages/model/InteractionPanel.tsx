import type { Explanation } from "../../api/schema";
import { BarChart } from "../../charts/BarChart";
import { Section } from "../../components/Section";

/** Pairs of columns that matter together more than each by itself. */
export function InteractionPanel({ interactions }: { interactions: Explanation["interactions"] }) {
  const bars = [...interactions]
    .sort((one, other) => other.h - one.h)
    .slice(0, 10)
    .map((entry) => ({ name: entry.columns.join(" × "), value: entry.h }));
  return (
    <Section
      title="Columns that work together"
      hint="Friedman's H: the share of a pair's joint effect that neither column has by itself, 0 to 1."
    >
      <BarChart label={`Interactions of columns; strongest: ${bars[0]?.name ?? ""}`} valueName="H" bars={bars} />
    </Section>
  );
}
