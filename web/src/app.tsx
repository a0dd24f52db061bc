import { Container, CssBaseline } from "@mui/material";
import { ThemeProvider } from "@mui/material/styles";
import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { session } from "./api/session";
import { ErrorBoundary } from "./components/ErrorBoundary";
import { Shell } from "./components/Shell";
import { SignInDialog } from "./components/SignInDialog";
import { parseRoute, usePath, type Route } from "./lib/router";
import { ClusterPage } from "./pages/cluster/ClusterPage";
import { DatasetPage } from "./pages/dataset/DatasetPage";
import { DatasetsPage } from "./pages/datasets/DatasetsPage";
import { ExperimentPage } from "./pages/experiment/ExperimentPage";
import { ExperimentsPage } from "./pages/experiments/ExperimentsPage";
import { HomePage } from "./pages/home/HomePage";
import { ModelPage } from "./pages/model/ModelPage";
import { NotFoundPage } from "./pages/NotFoundPage";
import { PredictPage } from "./pages/predict/PredictPage";
import { SignInPage } from "./pages/SignInPage";
import { ChooseDatasetPage } from "./pages/train/ChooseDatasetPage";
import { TrainPage } from "./pages/train/TrainPage";
import { useMode } from "./theme/mode";
import { makeTheme } from "./theme/theme";

function page(route: Route) {
  switch (route.name) {
    case "home":
      return <HomePage />;
    case "datasets":
      return <DatasetsPage />;
    case "dataset":
      return <DatasetPage key={route.id} id={route.id} />;
    case "train":
      return <TrainPage key={route.id} id={route.id} />;
    case "experiments":
      return <ExperimentsPage />;
    case "newExperiment":
      return <ChooseDatasetPage />;
    case "experiment":
      return <ExperimentPage key={route.id} id={route.id} />;
    case "model":
      return <ModelPage key={route.id} id={route.id} />;
    case "predict":
      return <PredictPage key={route.id} id={route.id} />;
    case "cluster":
      return <ClusterPage />;
    case "signIn":
      return <SignInPage />;
    case "notFound":
      return <NotFoundPage />;
  }
}

/** Puts the reader at the top of a page they went to, and a screen reader at its title. */
function usePageStart(path: string): void {
  const last = useRef(path);
  useEffect(() => {
    if (last.current === path) return;
    last.current = path;
    window.scrollTo(0, 0);
    document.getElementById("page-title")?.focus({ preventScroll: true });
  }, [path]);
}

export function App() {
  const [mode, toggleMode] = useMode();
  const theme = useMemo(() => makeTheme(mode), [mode]);
  const path = usePath();
  const route = parseRoute(path);
  const { isRefused } = useSyncExternalStore(session.subscribe, session.snapshot);
  usePageStart(path);
  return (
    <ThemeProvider theme={theme}>
      <CssBaseline enableColorScheme />
      <Shell route={route} mode={mode} onToggleMode={toggleMode}>
        <Container component="main" id="main" maxWidth="lg" sx={{ py: { xs: 3, md: 5 }, px: { xs: 2, sm: 3 } }}>
          <ErrorBoundary key={path}>{page(route)}</ErrorBoundary>
        </Container>
      </Shell>
      <SignInDialog isOpen={isRefused && route.name !== "signIn"} />
    </ThemeProvider>
  );
}
