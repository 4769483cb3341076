/** What is shown for a block this page cannot draw: its kind and every readable text in it. */

import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { plain } from "./text_object.js";

const READABLE = ["text", "title", "subtitle", "body", "description", "label", "alt_text", "fallback", "value", "name"];
const MOST_LINES = 40;

function readable(value, found = []) {
  if (found.length >= MOST_LINES || value === null || typeof value !== "object") return found;
  if (Array.isArray(value)) {
    for (const item of value) readable(item, found);
    return found;
  }
  for (const [name, inner] of Object.entries(value)) {
    if (typeof inner === "string" && READABLE.includes(name)) found.push(value.type === "mrkdwn" ? mrkdwn(inner) : plain(inner));
    else if (typeof inner === "number" && READABLE.includes(name)) found.push(String(inner));
    else readable(inner, found);
  }
  return found;
}

/** Returns a readable stand-in for an unknown block or element. */
export function fallback(definition) {
  const lines = readable(definition);
  return h("div", { class: "fallback", role: "note" },
    h("div", { class: "fallback__kind" }, icon("about", 14), ` ${definition?.type || "unknown"} block, shown as text`),
    lines.length ? lines.map((line) => h("div", { class: "fallback__line", dir: "auto" }, line)) : h("div", { class: "fallback__line" }, "It holds no text."),
  );
}
