import { alpha, createTheme, type Theme } from "@mui/material/styles";

export type Mode = "light" | "dark";

/** Colours of series in charts: told apart by people who see few colours, and on either background. */
export const seriesColors: Record<Mode, readonly string[]> = {
  light: ["#3457c4", "#c2570c", "#0f7d6c", "#9a3fa0", "#8a6a00", "#b3264a", "#2b7fb8", "#5c6470"],
  dark: ["#93abff", "#f5a06b", "#5fd0bd", "#dd97e2", "#dcc060", "#f58aa6", "#83c5ef", "#aab3c0"],
};

const palettes = {
  light: {
    primary: { main: "#3457c4", dark: "#27439b", light: "#5f7de0", contrastText: "#ffffff" },
    secondary: { main: "#b04a08" },
    success: { main: "#17704f" },
    warning: { main: "#8f5600" },
    error: { main: "#b3261e" },
    info: { main: "#2a6496" },
    background: { default: "#f7f8fa", paper: "#ffffff" },
    text: { primary: "#1a2130", secondary: "#566072" },
    divider: "#e2e6ec",
  },
  dark: {
    primary: { main: "#a3b8ff", dark: "#7d97f0", light: "#c4d1ff", contrastText: "#0d1733" },
    secondary: { main: "#f5a06b" },
    success: { main: "#6fd3a9" },
    warning: { main: "#f0bd68" },
    error: { main: "#ff9a90" },
    info: { main: "#8fc7f2" },
    background: { default: "#11151c", paper: "#181d26" },
    text: { primary: "#e8ecf3", secondary: "#a5afbf" },
    divider: "#2b323e",
  },
};

/** The one theme: quiet surfaces with thin borders, one accent, few sizes of type. */
export function makeTheme(mode: Mode): Theme {
  const palette = palettes[mode];
  const heading = { fontWeight: 500, letterSpacing: "-0.01em" };
  return createTheme({
    palette: { mode, ...palette },
    shape: { borderRadius: 8 },
    typography: {
      fontFamily: "Roboto, system-ui, sans-serif",
      fontWeightBold: 500,
      h1: { ...heading, fontSize: "1.75rem", lineHeight: 1.25 },
      h2: { ...heading, fontSize: "1.1875rem", lineHeight: 1.35 },
      h3: { ...heading, fontSize: "1rem", lineHeight: 1.4 },
      body1: { fontSize: "0.9375rem", lineHeight: 1.55 },
      body2: { fontSize: "0.875rem", lineHeight: 1.5 },
      caption: { fontSize: "0.8125rem", lineHeight: 1.45 },
      button: { textTransform: "none", fontWeight: 500, letterSpacing: 0 },
    },
    components: {
      MuiButtonBase: {
        styleOverrides: {
          root: { "&.Mui-focusVisible": { outline: `2px solid ${palette.primary.main}`, outlineOffset: 2 } },
        },
      },
      MuiButton: {
        defaultProps: { disableElevation: true },
        styleOverrides: {
          root: {
            whiteSpace: "nowrap",
            "&.MuiButton-outlined.MuiButton-colorInherit": {
              borderColor: palette.divider,
              backgroundColor: palette.background.paper,
            },
          },
        },
      },
      MuiPaper: { defaultProps: { elevation: 0 }, styleOverrides: { root: { backgroundImage: "none" } } },
      MuiAlert: { styleOverrides: { root: { border: `1px solid ${palette.divider}` } } },
      MuiChip: { styleOverrides: { root: { fontWeight: 500 } } },
      MuiTab: { styleOverrides: { root: { minHeight: 44, paddingInline: 4, marginRight: 20, minWidth: 0 } } },
      MuiTabs: { styleOverrides: { root: { minHeight: 44 } } },
      MuiTooltip: {
        // Within the page, so that what they say belongs to a landmark.
        defaultProps: { slotProps: { popper: { container: () => document.querySelector("main") } } },
        styleOverrides: { tooltip: { fontSize: "0.8125rem" } },
      },
      MuiLinearProgress: {
        styleOverrides: { root: { height: 6, borderRadius: 3, backgroundColor: alpha(palette.primary.main, 0.16) } },
      },
      MuiTableCell: { styleOverrides: { root: { borderColor: palette.divider } } },
      MuiLink: { defaultProps: { underline: "hover" } },
    },
  });
}
