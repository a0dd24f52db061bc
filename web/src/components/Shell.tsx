import {
  AppBar,
  Box,
  Drawer,
  Icon,
  IconButton,
  List,
  ListItem,
  ListItemButton,
  ListItemIcon,
  ListItemText,
  Stack,
  Toolbar,
  Tooltip,
} from "@mui/material";
import { useState, useSyncExternalStore, type MouseEvent, type ReactNode } from "react";
import { session } from "../api/session";
import { forget } from "../lib/resource";
import { navigate, paths, type Route } from "../lib/router";
import type { Mode } from "../theme/theme";
import { Link } from "./Link";
import { Logo } from "./Logo";

interface Place {
  title: string;
  icon: string;
  to: string;
  pages: readonly Route["name"][];
}

const places: readonly Place[] = [
  { title: "Home", icon: "home", to: paths.home, pages: ["home"] },
  { title: "Datasets", icon: "table_chart", to: paths.datasets, pages: ["datasets", "dataset", "train"] },
  {
    title: "Experiments",
    icon: "science",
    to: paths.experiments,
    pages: ["experiments", "newExperiment", "experiment", "model", "predict"],
  },
  { title: "Cluster", icon: "lan", to: paths.cluster, pages: ["cluster"] },
];

interface ShellProps {
  route: Route;
  mode: Mode;
  onToggleMode: () => void;
  children: ReactNode;
}

/** What is around every page: where one can go, the theme, and signing out. */
export function Shell({ route, mode, onToggleMode, children }: ShellProps) {
  const [isMenuOpen, setIsMenuOpen] = useState(false);
  const { hasToken } = useSyncExternalStore(session.subscribe, session.snapshot);
  const isHere = (place: Place) => place.pages.includes(route.name);
  const signOut = () => {
    session.signOut();
    forget();
    navigate(paths.signIn);
  };
  const themeLabel = mode === "dark" ? "Use the light theme" : "Use the dark theme";
  return (
    <>
      <Box component="a" href="#main" sx={skipLink}>
        Skip to the content
      </Box>
      <AppBar position="sticky" color="inherit" elevation={0} sx={{ borderBottom: 1, borderColor: "divider" }}>
        <Toolbar sx={{ gap: 1, maxWidth: "lg", width: "100%", mx: "auto", px: { xs: 1.5, sm: 3 } }}>
          <IconButton
            aria-label="Open the menu"
            aria-expanded={isMenuOpen}
            onClick={() => setIsMenuOpen(true)}
            sx={{ display: { md: "none" } }}
          >
            <Icon>menu</Icon>
          </IconButton>
          <Link
            to={paths.home}
            aria-label="Martlet, home"
            sx={{ color: "text.primary", display: "flex", mr: { md: 3 } }}
          >
            <Logo />
          </Link>
          <Stack component="nav" aria-label="Main" direction="row" spacing={0.5} sx={{ flexGrow: 1 }}>
            <Box sx={{ display: { xs: "none", md: "flex" }, gap: 0.5 }}>
              {places.map((place) => (
                <Link key={place.to} to={place.to} aria-current={isHere(place) ? "page" : undefined} sx={navLink}>
                  {place.title}
                </Link>
              ))}
            </Box>
          </Stack>
          <Tooltip title={themeLabel}>
            <IconButton aria-label={themeLabel} onClick={onToggleMode}>
              <Icon>{mode === "dark" ? "light_mode" : "dark_mode"}</Icon>
            </IconButton>
          </Tooltip>
          {hasToken && (
            <Tooltip title="Sign out">
              <IconButton aria-label="Sign out" edge="end" onClick={signOut}>
                <Icon>logout</Icon>
              </IconButton>
            </Tooltip>
          )}
        </Toolbar>
      </AppBar>
      <Drawer open={isMenuOpen} onClose={() => setIsMenuOpen(false)} slotProps={{ paper: { "aria-label": "Menu" } }}>
        <List component="nav" aria-label="Menu" sx={{ width: 260, pt: 2 }}>
          {places.map((place) => (
            <ListItem key={place.to} disablePadding component="div">
              <ListItemButton
                component="a"
                href={place.to}
                selected={isHere(place)}
                aria-current={isHere(place) ? "page" : undefined}
                onClick={(event: MouseEvent) => {
                  event.preventDefault();
                  setIsMenuOpen(false);
                  navigate(place.to);
                }}
              >
                <ListItemIcon>
                  <Icon>{place.icon}</Icon>
                </ListItemIcon>
                <ListItemText primary={place.title} />
              </ListItemButton>
            </ListItem>
          ))}
        </List>
      </Drawer>
      {children}
    </>
  );
}

const skipLink = {
  position: "absolute",
  left: 8,
  top: -60,
  zIndex: 2000,
  px: 2,
  py: 1,
  borderRadius: 1,
  bgcolor: "primary.main",
  color: "primary.contrastText",
  "&:focus": { top: 8 },
} as const;

const navLink = {
  px: 1.5,
  py: 1,
  borderRadius: 1,
  typography: "body2",
  fontWeight: 500,
  color: "text.secondary",
  "&:hover": { bgcolor: "action.hover", textDecoration: "none" },
  "&[aria-current=page]": { color: "primary.main", bgcolor: "action.hover" },
} as const;
