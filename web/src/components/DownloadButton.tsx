import { Button, Icon } from "@mui/material";
import { useState, type ReactNode } from "react";
import { download } from "../api/download";
import { asFailure, type Failure } from "../api/failure";
import { FailureDialog } from "./FailureDialog";

interface DownloadButtonProps {
  url: string;
  filename: string;
  children: ReactNode;
  variant?: "outlined" | "contained" | "text";
}

/** Saves what is at an address of the API as a file. */
export function DownloadButton({ url, filename, children, variant = "outlined" }: DownloadButtonProps) {
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const run = async () => {
    setIsBusy(true);
    try {
      await download(url, filename);
    } catch (error) {
      setFailure(asFailure(error));
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <>
      <Button
        variant={variant}
        {...(variant === "outlined" ? { color: "inherit" as const } : {})}
        startIcon={<Icon>download</Icon>}
        disabled={isBusy}
        onClick={() => void run()}
      >
        {isBusy ? "Getting it …" : children}
      </Button>
      {failure && <FailureDialog failure={failure} title="The download failed" onClose={() => setFailure(undefined)} />}
    </>
  );
}
