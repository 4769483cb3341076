/** `<!date^…>` tokens, rendered in the reader's zone. */

import { dayKey, instant, intl, now } from "../core/format.js";

const DAY_MS = 86_400_000;
const LONG = { weekday: "long", year: "numeric", month: "long", day: "numeric" };
const MEDIUM = { year: "numeric", month: "long", day: "numeric" };
const SHORT = { year: "numeric", month: "short", day: "numeric" };

function pretty(date, options) {
  const away = { [dayKey(now())]: "today" };
  away[dayKey(new Date(now().getTime() - DAY_MS))] = "yesterday";
  away[dayKey(new Date(now().getTime() + DAY_MS))] = "tomorrow";
  return away[dayKey(date)] || intl(date, options);
}

function ago(date) {
  const seconds = Math.round((date.getTime() - now().getTime()) / 1000);
  const steps = [["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) || steps[3];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

const TOKENS = {
  date_num: (date) => dayKey(date),
  date: (date) => intl(date, MEDIUM),
  date_short: (date) => intl(date, SHORT),
  date_long: (date) => intl(date, LONG),
  date_pretty: (date) => pretty(date, MEDIUM),
  date_short_pretty: (date) => pretty(date, SHORT),
  date_long_pretty: (date) => pretty(date, LONG),
  time: (date) => intl(date, { hour: "numeric", minute: "2-digit" }),
  time_secs: (date) => intl(date, { hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago,
};

/** Returns the text of a date format such as `{date_short} at {time}`, or the fallback when the stamp is bad. */
export function dateText(stamp, format, fallback) {
  const date = instant(Number(stamp));
  if (Number.isNaN(date.getTime())) return fallback;
  return format.replace(/\{(\w+)\}/g, (whole, name) => (TOKENS[name] ? TOKENS[name](date) : whole));
}
