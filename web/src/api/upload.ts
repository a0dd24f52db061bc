import { address } from "./client";
import { Failure, readProblem } from "./failure";
import type { Dataset } from "./schema";
import { session } from "./session";

export interface UploadProgress {
  sent: number;
  total: number;
  /** Everything is sent, and the server reads the table. */
  isReading: boolean;
}

export interface Upload {
  result: Promise<Dataset>;
  cancel: () => void;
}

/** Sends a file as a new dataset. XMLHttpRequest, because `fetch` does not tell how much has been sent. */
export function uploadDataset(file: File, onProgress: (progress: UploadProgress) => void): Upload {
  const request = new XMLHttpRequest();
  const result = new Promise<Dataset>((resolve, reject) => {
    request.open("POST", address("createDataset", {}, { name: nameOf(file.name) }));
    for (const [name, value] of Object.entries(session.headers())) request.setRequestHeader(name, value);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) =>
      onProgress({ sent: event.loaded, total: event.total, isReading: event.loaded === event.total });
    request.upload.onload = () => onProgress({ sent: file.size, total: file.size, isReading: true });
    request.onload = () => {
      if (request.status === 201) return resolve(JSON.parse(request.responseText) as Dataset);
      if (request.status === 401) session.refuse();
      return reject(readProblem(request.status, request.responseText));
    };
    request.onerror = () => reject(Failure.unreachable());
    request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    request.send(file);
  });
  return { result, cancel: () => request.abort() };
}

/** The name of a dataset made of a file: without the endings that say how it is written. */
export function nameOf(filename: string): string {
  const bare = filename.replace(/\.(gz|zst)$/i, "").replace(/\.(csv|tsv|txt|xlsx)$/i, "");
  return [...(bare || filename)].slice(0, 200).join("");
}
