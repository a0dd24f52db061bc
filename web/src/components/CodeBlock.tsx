import { Box, Button, Icon } from "@mui/material";
import { useState } from "react";

/** Code with a button that copies it. */
export function CodeBlock({ code, label }: { code: string; label: string }) {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(code);
      setState("copied");
    } catch {
      setState("failed");
    }
    setTimeout(() => setState("idle"), 2500);
  };
  const texts = { idle: "Copy", copied: "Copied", failed: "Select it and press Ctrl+C" };
  return (
    <Box
      sx={{ position: "relative", border: 1, borderColor: "divider", borderRadius: 2, bgcolor: "background.default" }}
    >
      <Box
        component="pre"
        tabIndex={0}
        aria-label={label}
        sx={{
          m: 0,
          p: 2,
          pt: 6,
          overflow: "auto",
          fontSize: "0.8125rem",
          lineHeight: 1.6,
          fontFamily: "ui-monospace, monospace",
        }}
      >
        {code}
      </Box>
      <Button
        size="small"
        color="inherit"
        startIcon={<Icon>{state === "copied" ? "check" : "content_copy"}</Icon>}
        onClick={() => void copy()}
        sx={{ position: "absolute", top: 8, right: 8, bgcolor: "background.paper" }}
      >
        <span role="status">{texts[state]}</span>
      </Button>
    </Box>
  );
}
