// Everything for people is written in the language of the page, which is English, with the reader's time zone.
const locale = "en";
const none = "–";

const integer = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
const significant = new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 });
const scientific = new Intl.NumberFormat(locale, { notation: "scientific", maximumSignificantDigits: 3 });
const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const momentOfDay = new Intl.DateTimeFormat(locale, { timeStyle: "medium" });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

export const formatInteger = (value: number): string => integer.format(value);

/** A large count in few characters: 12.3K. */
export const formatCompact = (value: number): string => compact.format(value);

/** A number of unknown size with four digits that count. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return none;
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e9) ? scientific.format(value) : significant.format(value);
}

export function formatPercent(share: number | null | undefined, digits = 1): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return none;
  const shown = share > 0 && share < 0.5 * 10 ** (-digits - 2) ? 10 ** (-digits - 2) : share;
  const text = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: digits }).format(shown);
  return shown === share ? text : `< ${text}`;
}

const sizeUnits = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < sizeUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: sizeUnits[unit] as string,
    unitDisplay: unit === 0 ? "long" : "short",
    maximumFractionDigits: digits,
  }).format(value);
}

/** A stretch of time: 340 ms, 4.2 s, 3 min 5 s, 2 h 10 min. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return none;
  if (seconds < 0.001) return seconds <= 0 ? "0 s" : "< 1 ms";
  if (seconds < 0.9995) return `${significant.format(Number((seconds * 1000).toPrecision(3)))} ms`;
  if (seconds < 59.95) return `${significant.format(Number(seconds.toFixed(1)))} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return join(Math.floor(whole / 60), "min", whole % 60, "s");
  const minutes = Math.round(whole / 60);
  if (minutes < 24 * 60) return join(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.round(minutes / 60);
  return join(Math.floor(hours / 24), "d", hours % 24, "h");
}

function join(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

export const formatMoment = (text: string): string => moment.format(new Date(text));
export const formatTime = (text: string): string => momentOfDay.format(new Date(text));

const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** How long ago: "5 minutes ago"; the date where it is more than a week. */
export function formatAgo(text: string, now: number = Date.now()): string {
  const seconds = (now - Date.parse(text)) / 1000;
  if (seconds < 45) return "just now";
  if (seconds > 7 * 86_400) return moment.format(new Date(text));
  for (const [unit, size] of steps) {
    if (seconds >= size * 0.95) return relative.format(-Math.round(seconds / size), unit);
  }
  return relative.format(-1, "minute");
}

/** A count with its noun: "1 row", "2,000 rows". */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${integer.format(count)} ${count === 1 ? noun : many}`;
}
