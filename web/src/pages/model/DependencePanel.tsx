import { Stack } from "@mui/material";
import { useMemo, useState } from "react";
import type { Explanation } from "../../api/schema";
import { BandChart } from "../../charts/BandChart";
import { NativeSelect } from "../../components/NativeSelect";
import { Section } from "../../components/Section";

type Dependence = Explanation["dependence"][number];

/** How predictions change with one column while the others stay as they are. */
export function DependencePanel({ dependence, target }: { dependence: readonly Dependence[]; target: string }) {
  const [chosen, setChosen] = useState(dependence[0]?.column ?? "");
  const [chosenOutput, setOutput] = useState("");
  const entry = dependence.find((other) => other.column === chosen) ?? dependence[0];
  const output = entry?.outputs.find((other) => other.name === chosenOutput) ?? entry?.outputs[0];
  const second = useMemo(() => {
    const effects = output?.accumulated_local_effects;
    return effects && { name: "Accumulated local effects", y: effects };
  }, [output]);
  if (!entry || !output) return null;
  return (
    <Section
      title="How predictions depend on a column"
      hint="Partial dependence: the mean prediction if every row had this value; the band holds most rows. Accumulated effects are fairer where columns go together."
      actions={
        <Stack direction="row" spacing={2} useFlexGap sx={{ flexWrap: "wrap" }}>
          <NativeSelect
            label="Column"
            size="small"
            value={entry.column}
            options={dependence.map(({ column }) => ({ value: column, title: column }))}
            onChange={setChosen}
            sx={{ minWidth: 160 }}
          />
          {entry.outputs.length > 1 && (
            <NativeSelect
              label="Class"
              size="small"
              value={output.name}
              options={entry.outputs.map(({ name }) => ({ value: name, title: name }))}
              onChange={setOutput}
              sx={{ minWidth: 140 }}
            />
          )}
        </Stack>
      }
    >
      <BandChart
        label={`Mean prediction of ${target} by ${entry.column}`}
        xName={entry.column}
        yName={output.name === "" || output.name === target ? target : `Probability of ${output.name}`}
        x={entry.values ?? entry.levels ?? []}
        middle={output.partial_dependence}
        low={output.low}
        high={output.high}
        middleName="Partial dependence"
        second={second}
      />
    </Section>
  );
}
