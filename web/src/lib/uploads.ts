import { asFailure, type Failure } from "../api/failure";
import type { Dataset } from "../api/schema";
import { uploadDataset, type UploadProgress } from "../api/upload";
import { forget } from "./resource";

export interface UploadEntry {
  id: number;
  file: File;
  progress: UploadProgress;
  state: "sending" | "done" | "failed" | "cancelled";
  failure?: Failure;
  dataset?: Dataset;
  startedAt: number;
}

/** The uploads of this tab. They go on while one looks at other pages. */
class Uploads {
  private entries: readonly UploadEntry[] = [];
  private readonly cancels = new Map<number, () => void>();
  private readonly listeners = new Set<() => void>();
  private next = 1;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): readonly UploadEntry[] => this.entries;

  /** Starts sending a file; the answer is the dataset once it is made, or nothing where that failed. */
  async start(file: File): Promise<Dataset | undefined> {
    const id = this.next;
    this.next += 1;
    this.entries = [{ id, ...fresh(file) }, ...this.entries];
    return this.send(id, file);
  }

  async retry(id: number): Promise<Dataset | undefined> {
    const entry = this.entries.find((other) => other.id === id);
    if (!entry) return undefined;
    this.entries = this.entries.map((other) => (other.id === id ? { id, ...fresh(entry.file) } : other));
    return this.send(id, entry.file);
  }

  cancel(id: number): void {
    this.cancels.get(id)?.();
  }

  dismiss(id: number): void {
    this.entries = this.entries.filter((entry) => entry.id !== id);
    this.notify();
  }

  private async send(id: number, file: File): Promise<Dataset | undefined> {
    const upload = uploadDataset(file, (progress) => this.change(id, { progress }));
    this.cancels.set(id, upload.cancel);
    this.notify();
    try {
      const dataset = await upload.result;
      forget("datasets");
      this.change(id, { state: "done", dataset });
      return dataset;
    } catch (error) {
      const isCancelled = error instanceof DOMException && error.name === "AbortError";
      this.change(id, isCancelled ? { state: "cancelled" } : { state: "failed", failure: asFailure(error) });
      return undefined;
    } finally {
      this.cancels.delete(id);
    }
  }

  private change(id: number, change: Partial<UploadEntry>): void {
    this.entries = this.entries.map((entry) => (entry.id === id ? { ...entry, ...change } : entry));
    this.notify();
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}

function fresh(file: File): Omit<UploadEntry, "id"> {
  return { file, progress: { sent: 0, total: file.size, isReading: false }, state: "sending", startedAt: Date.now() };
}

export const uploads = new Uploads();
