/** `plain_text` and `mrkdwn` text objects. */

import { h } from "../core/dom.js";
import { withEmoji } from "../text/emoji.js";
import { decode } from "../text/entities.js";
import { mrkdwn } from "../text/mrkdwn.js";

/** Returns the plain text of a text object or a string. */
export function plain(text) {
  if (text === null || text === undefined) return "";
  return withEmoji(typeof text === "string" ? text : decode(text.text ?? ""));
}

/** Returns the node of a text object; plain text keeps its line breaks. */
export function textNode(text, className = "") {
  if (!text) return null;
  if (text.type === "mrkdwn") return h("div", { class: `mrkdwn ${className}`, dir: "auto" }, mrkdwn(text.text));
  return h("div", { class: `plain ${className}`, dir: "auto" }, plain(text));
}
