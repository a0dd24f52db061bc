import type { Evaluation } from "../../api/schema";
import { ConfusionTable } from "../../components/ConfusionTable";
import { Section } from "../../components/Section";

/** Which classes are taken for which. */
export function ConfusionPanel({ confusion }: { confusion: NonNullable<Evaluation["confusion"]> }) {
  return (
    <Section title="Confusion matrix" hint="What each class was taken for; per cent of the true class.">
      <ConfusionTable classes={confusion.classes} counts={confusion.counts} />
    </Section>
  );
}
