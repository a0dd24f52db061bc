import { EmptyState } from "../components/EmptyState";
import { LinkButton } from "../components/Link";
import { Page } from "../components/Page";
import { paths } from "../lib/router";

export function NotFoundPage() {
  const actions = (
    <LinkButton to={paths.home} variant="contained">
      Go home
    </LinkButton>
  );
  return (
    <Page title="No such page">
      <EmptyState icon="travel_explore" title={`There is nothing at ${location.pathname}`} actions={actions}>
        The address may be mistyped, or what was there has been deleted.
      </EmptyState>
    </Page>
  );
}
