import { useMediaQuery } from "@mui/material";
import { useState } from "react";
import type { Mode } from "./theme";

const key = "martlet.mode";

function stored(): Mode | null {
  const value = localStorage.getItem(key);
  return value === "light" || value === "dark" ? value : null;
}

/** Light or dark: what the reader chose here, else what the system says. */
export function useMode(): [Mode, () => void] {
  const prefersDark = useMediaQuery("(prefers-color-scheme: dark)", { noSsr: true });
  const [chosen, setChosen] = useState<Mode | null>(stored);
  const mode = chosen ?? (prefersDark ? "dark" : "light");
  const toggle = () => {
    const next = mode === "dark" ? "light" : "dark";
    localStorage.setItem(key, next);
    setChosen(next);
  };
  return [mode, toggle];
}
