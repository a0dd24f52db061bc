export interface Span {
  first: number;
  /** One after the last. */
  end: number;
}

export interface Window extends Span {
  /** Pixels of what lies before, after and altogether. */
  before: number;
  after: number;
  total: number;
}

interface Strip {
  count: number;
  size: (index: number) => number;
  /** Where the view starts and how long it is, in pixels. */
  start: number;
  length: number;
  /** How many more to have ready on either side. */
  spare: number;
}

/** Which of a strip of items can be seen. */
export function windowOf({ count, size, start, length, spare }: Strip): Window {
  const edges = [0];
  if (isUniform(count, size)) {
    const one = count > 0 ? size(0) : 0;
    const seen = one > 0 ? Math.ceil(length / one) : count;
    const top = Math.min(Math.max(0, start), Math.max(0, count * one - length));
    const first = Math.max(0, (one > 0 ? Math.floor(top / one) : 0) - spare);
    const end = Math.min(count, first + seen + 2 * spare + 1);
    return { first, end, before: first * one, after: (count - end) * one, total: count * one };
  }
  for (let index = 0; index < count; index += 1) edges.push((edges[index] as number) + size(index));
  const total = edges[count] as number;
  let first = edges.findIndex((edge) => edge > start) - 1;
  if (first < 0) first = 0;
  let end = edges.findIndex((edge) => edge >= start + length);
  if (end < 0) end = count;
  first = Math.max(0, first - spare);
  end = Math.min(count, end + spare);
  return { first, end, before: edges[first] as number, after: total - (edges[end] as number), total };
}

/** Rows are all of one height and may be millions; columns are few and of any width. */
function isUniform(count: number, size: (index: number) => number): boolean {
  if (count > 100_000) return true;
  const one = count > 0 ? size(0) : 0;
  for (let index = 1; index < count; index += 1) if (size(index) !== one) return false;
  return true;
}
