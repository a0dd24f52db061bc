import { Button, Icon, Paper, Stack, Typography } from "@mui/material";
import { useRef, useState, type DragEvent } from "react";

interface FileDropProps {
  title: string;
  hint: string;
  label: string;
  onFiles: (files: File[]) => void;
  accept?: string;
  isMultiple?: boolean;
}

/** A place to drop files, with a button for those who choose them. */
export function FileDrop({ title, hint, label, onFiles, accept, isMultiple = false }: FileDropProps) {
  const [isOver, setIsOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (files: Iterable<File>) => {
    const list = [...files];
    if (list.length > 0) onFiles(isMultiple ? list : list.slice(0, 1));
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    take(event.dataTransfer.files);
  };
  return (
    <Paper
      variant="outlined"
      onDragOver={(event: DragEvent) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
      sx={{
        p: { xs: 3, sm: 4 },
        borderStyle: "dashed",
        borderColor: isOver ? "primary.main" : "divider",
        bgcolor: isOver ? "action.hover" : "background.paper",
      }}
    >
      <Stack direction={{ xs: "column", sm: "row" }} spacing={2} sx={{ alignItems: "center" }}>
        <Icon sx={{ fontSize: 36, color: "text.secondary" }}>upload_file</Icon>
        <Stack sx={{ flexGrow: 1, textAlign: { xs: "center", sm: "left" } }}>
          <Typography sx={{ fontWeight: 500 }}>{title}</Typography>
          <Typography variant="body2" sx={{ color: "text.secondary" }}>
            {hint}
          </Typography>
        </Stack>
        <Button variant="contained" onClick={() => input.current?.click()}>
          Choose {isMultiple ? "files" : "a file"}
        </Button>
      </Stack>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        multiple={isMultiple}
        {...(accept ? { accept } : {})}
        onChange={(event) => {
          take(event.target.files ?? []);
          // So that the same file can be chosen again after it has been mended.
          event.target.value = "";
        }}
      />
    </Paper>
  );
}
