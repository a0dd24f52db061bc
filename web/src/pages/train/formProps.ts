import type { ExperimentPlan, Profile } from "../../api/schema";
import type { ExperimentForm, FormErrors } from "../../lib/experimentForm";

/** What every part of the form is given. */
export interface FormPart {
  form: ExperimentForm;
  onChange: (change: Partial<ExperimentForm>) => void;
  errors: FormErrors;
  profile: Profile;
  plan: ExperimentPlan | undefined;
}
