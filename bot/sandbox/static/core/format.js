/** Dates, times and sizes as the persona reads them: its zone and its locale. */

import { session } from "./session.js";

const DAY_MS = 86_400_000;

function zone() {
  return session.state?.me?.tz || undefined;
}

function locale() {
  return session.state?.me?.locale || undefined;
}

/** Formats an instant with Intl options in the persona's zone; a bad zone or locale falls back to the browser's. */
export function intl(date, options) {
  try {
    return new Intl.DateTimeFormat(locale(), { timeZone: zone(), ...options }).format(date);
  } catch {
    return new Intl.DateTimeFormat("en-US", options).format(date);
  }
}

/** Returns the workspace's present: the time machine's clock. */
export function now() {
  return session.state?.now ? instant(session.state.now) : new Date();
}

/** Returns a Date from an ISO text, epoch seconds or a message `ts`. */
export function instant(value) {
  if (typeof value === "number") return new Date(value * 1000);
  if (/^\d+(\.\d+)?$/.test(String(value))) return new Date(Number(value) * 1000);
  return new Date(value);
}

/** Returns when a message was written. */
export function writtenAt(message) {
  const date = instant(message.at ?? message.ts);
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
}

/** Returns `2025-03-09` in the persona's zone, for comparing days. */
export function dayKey(date) {
  const parts = { year: "numeric", month: "2-digit", day: "2-digit" };
  try {
    return new Intl.DateTimeFormat("en-CA", { timeZone: zone(), ...parts }).format(date);
  } catch {
    return new Intl.DateTimeFormat("en-CA", parts).format(date);
  }
}

/** Returns "Today", "Yesterday" or "Monday, March 3". */
export function dayLabel(date) {
  const key = dayKey(date);
  if (key === dayKey(now())) return "Today";
  if (key === dayKey(new Date(now().getTime() - DAY_MS))) return "Yesterday";
  const year = dayKey(now()).slice(0, 4) === key.slice(0, 4) ? {} : { year: "numeric" };
  return intl(date, { weekday: "long", month: "long", day: "numeric", ...year });
}

/** Returns the time of day. */
export function timeOfDay(date) {
  return intl(date, { hour: "numeric", minute: "2-digit" });
}

/** Returns a size in bytes as people read it. */
export function fileSize(bytes) {
  if (!Number.isFinite(bytes)) return "";
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1_048_576) return `${(bytes / 1024).toFixed(1)} kB`;
  return `${(bytes / 1_048_576).toFixed(1)} MB`;
}

/** Returns two initials of a name. */
export function initials(name) {
  const words = String(name || "?").replace(/[^\p{L}\p{N}\s]/gu, " ").trim().split(/\s+/);
  const picked = words.length > 1 ? [words[0], words.at(-1)] : [words[0] || "?"];
  return picked.map((word) => [...word][0] || "").join("").toUpperCase();
}
