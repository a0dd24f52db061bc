import { address } from "./client";
import { Failure, readProblem } from "./failure";
import type { Dataset } from "./schema";
import { session } from "./session";

export interface UploadProgress {
  sent: number;
  total: number;
  /** Everything is sent, and the server works on it. */
  isReading: boolean;
}

export interface Upload<T> {
  result: Promise<T>;
  cancel: () => void;
}

type OnProgress = (progress: UploadProgress) => void;

/** Sends a file as a new dataset. */
export function uploadDataset(file: File, onProgress: OnProgress): Upload<Dataset> {
  const { result, cancel } = sendFile(address("createDataset", {}, { name: nameOf(file.name) }), file, onProgress);
  return { result: result.then(async (blob) => JSON.parse(await blob.text()) as Dataset), cancel };
}

/** Sends a file of rows and gets a file of predictions. */
export function predictFile(
  modelID: string,
  file: File,
  interval: number | undefined,
  onProgress: OnProgress,
): Upload<Blob> {
  const query = interval === undefined ? {} : { interval };
  return sendFile(address("predict", { id: modelID }, query), file, onProgress);
}

/** XMLHttpRequest, because `fetch` does not tell how much has been sent. */
function sendFile(url: string, file: File, onProgress: OnProgress): Upload<Blob> {
  const request = new XMLHttpRequest();
  const result = new Promise<Blob>((resolve, reject) => {
    request.open("POST", url);
    request.responseType = "blob";
    for (const [name, value] of Object.entries(session.headers())) request.setRequestHeader(name, value);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => onProgress({ sent: event.loaded, total: event.total, isReading: false });
    request.upload.onload = () => onProgress({ sent: file.size, total: file.size, isReading: true });
    request.onload = () => {
      const body = request.response as Blob;
      if (request.status >= 200 && request.status < 300) return resolve(body);
      if (request.status === 401) session.refuse();
      void body.text().then((text) => reject(readProblem(request.status, text)));
      return undefined;
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
