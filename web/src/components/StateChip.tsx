import { Chip, Icon } from "@mui/material";
import type { Experiment } from "../api/schema";

type State = Experiment["state"];

const looks: Record<
  State,
  { label: string; color: "default" | "primary" | "success" | "warning" | "error"; icon: string }
> = {
  queued: { label: "Waiting", color: "default", icon: "schedule" },
  running: { label: "Training", color: "primary", icon: "autorenew" },
  completed: { label: "Done", color: "success", icon: "check_circle" },
  cancelled: { label: "Cancelled", color: "warning", icon: "cancel" },
  failed: { label: "Failed", color: "error", icon: "error" },
};

/** Where an experiment stands: in words and a sign, not in colour alone. */
export function StateChip({ state }: { state: State }) {
  const look = looks[state];
  return <Chip size="small" variant="outlined" color={look.color} label={look.label} icon={<Icon>{look.icon}</Icon>} />;
}

export const stateLabel = (state: State): string => looks[state].label;
export const isFinal = (state: State): boolean => state === "completed" || state === "failed" || state === "cancelled";
