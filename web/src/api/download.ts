import { send } from "./client";

/** Saves what a call answers with. The token goes in a header field, so a plain link would not do. */
export async function download(url: string, filename: string, signal?: AbortSignal): Promise<void> {
  const response = await send("GET", url, undefined, signal);
  saveBlob(await response.blob(), filename);
}

/** Has the browser save bytes as a file. */
export function saveBlob(blob: Blob, filename: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = filename;
  link.click();
  // The browser has taken hold of the bytes by the next turn but one; a minute is generous.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
