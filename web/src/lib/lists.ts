import { useEffect, useState } from "react";
import { asFailure, type Failure } from "../api/failure";
import { useResource, type Resource } from "./resource";

interface Part<T> {
  items: T[];
  next_cursor: string | null;
}

export interface PagedList<T> {
  first: Resource<Part<T>>;
  items: readonly T[];
  hasMore: boolean;
  isLoadingMore: boolean;
  moreFailure: Failure | undefined;
  more: () => void;
}

/** A list that is given in parts: the first at once, the others when they are asked for. */
export function usePagedList<T>(
  key: string,
  load: (cursor: string | undefined, signal?: AbortSignal) => Promise<Part<T>>,
  every: number | null = null,
): PagedList<T> {
  const first = useResource(key, (signal) => load(undefined, signal), every);
  const [rest, setRest] = useState<{ items: T[]; cursor: string | null } | null>(null);
  const [isLoadingMore, setIsLoadingMore] = useState(false);
  const [moreFailure, setMoreFailure] = useState<Failure>();
  useEffect(() => setRest(null), [key]);
  const cursor = rest ? rest.cursor : (first.data?.next_cursor ?? null);
  const more = async () => {
    if (cursor === null) return;
    setIsLoadingMore(true);
    setMoreFailure(undefined);
    try {
      const part = await load(cursor);
      setRest((before) => ({ items: [...(before?.items ?? []), ...part.items], cursor: part.next_cursor }));
    } catch (error) {
      setMoreFailure(asFailure(error));
    } finally {
      setIsLoadingMore(false);
    }
  };
  return {
    first,
    items: [...(first.data?.items ?? []), ...(rest?.items ?? [])],
    hasMore: cursor !== null,
    isLoadingMore,
    moreFailure,
    more: () => void more(),
  };
}
