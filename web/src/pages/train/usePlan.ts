import { useEffect, useState } from "react";
import { call } from "../../api/client";
import { asFailure, type Failure } from "../../api/failure";
import type { ExperimentPlan, ExperimentRequest } from "../../api/schema";

export interface PlanState {
  plan: ExperimentPlan | undefined;
  failure: Failure | undefined;
  /** Whether what is shown belongs to an older form. */
  isOld: boolean;
}

const quietMilliseconds = 300;

/** What the server would do with a request, asked for when one stops typing. The last answer stays until the next. */
export function usePlan(request: ExperimentRequest | null): PlanState {
  const [state, setState] = useState<PlanState>({ plan: undefined, failure: undefined, isOld: true });
  const text = request === null ? null : JSON.stringify(request);
  useEffect(() => {
    setState((before) => ({ ...before, isOld: true }));
    if (text === null) return undefined;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      const body = JSON.parse(text) as ExperimentRequest;
      call("planExperiment", { body, signal: controller.signal }).then(
        (plan) => setState({ plan, failure: undefined, isOld: false }),
        (error: unknown) => {
          if (!controller.signal.aborted) setState({ plan: undefined, failure: asFailure(error), isOld: false });
        },
      );
    }, quietMilliseconds);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [text]);
  return state;
}
