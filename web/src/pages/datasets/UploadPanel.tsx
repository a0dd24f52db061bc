import { Stack } from "@mui/material";
import { useSyncExternalStore } from "react";
import type { Dataset } from "../../api/schema";
import { FileDrop } from "../../components/FileDrop";
import { uploads } from "../../lib/uploads";
import { UploadRow } from "./UploadRow";

/** Where files are dropped, and how far those dropped are. */
export function UploadPanel({ onUploaded }: { onUploaded: (dataset: Dataset) => void }) {
  const entries = useSyncExternalStore(uploads.subscribe, uploads.snapshot);
  const start = async (files: File[]) => {
    const made = await Promise.all(files.map((file) => uploads.start(file)));
    const [only] = made;
    if (files.length === 1 && only) onUploaded(only);
  };
  return (
    <Stack spacing={1.5}>
      <FileDrop
        title="Drop a table here"
        hint="CSV and its relatives, plain or compressed (.gz, .zst), or an Excel workbook. A header row names the columns."
        label="File of a dataset"
        isMultiple
        onFiles={(files) => void start(files)}
      />
      {entries.map((entry) => (
        <UploadRow key={entry.id} entry={entry} />
      ))}
    </Stack>
  );
}
