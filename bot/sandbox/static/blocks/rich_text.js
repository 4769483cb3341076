/** `rich_text` blocks: sections, lists, quotes and preformatted text. Their text carries no markup and no entities to parse. */

import { h } from "../core/dom.js";
import { dateText } from "../text/dates.js";
import { emoji } from "../text/emoji.js";
import { channelMention, link, userMention } from "../text/mrkdwn.js";

function lines(text) {
  return String(text ?? "").split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));
}

function unicode(part) {
  if (!part.unicode) return emoji(part.name) || `:${part.name}:`;
  return part.unicode.split("-").map((point) => String.fromCodePoint(Number.parseInt(point, 16))).join("");
}

const PARTS = {
  text: (part) => lines(part.text),
  link: (part) => link(part.url, part.text || part.url),
  user: (part) => userMention(part.user_id),
  channel: (part) => channelMention(part.channel_id),
  usergroup: (part) => h("span", { class: "mention" }, `@${part.usergroup_id}`),
  broadcast: (part) => h("span", { class: "mention mention--all" }, `@${part.range}`),
  emoji: (part) => h("span", { class: "emoji", role: "img", "aria-label": String(part.name).replaceAll("_", " ") }, unicode(part)),
  date: (part) => h("time", {}, dateText(part.timestamp, part.format || "{date_short}", part.fallback || "")),
  color: (part) => h("code", { class: "code" }, part.value),
};

const STYLES = { code: (node) => h("code", { class: "code" }, node), bold: (node) => h("strong", {}, node), italic: (node) => h("em", {}, node), strike: (node) => h("s", {}, node), underline: (node) => h("u", {}, node) };

function inlinePart(part) {
  const draw = PARTS[part.type];
  const node = draw ? draw(part) : part.text || "";
  return Object.entries(STYLES).reduce((inner, [name, wrap]) => (part.style?.[name] ? wrap(inner) : inner), node);
}

function inlineParts(elements) {
  return (elements || []).map(inlinePart);
}

function listItem(item) {
  return h("li", {}, item.type === "rich_text_section" ? inlineParts(item.elements) : richPart(item));
}

const GROUPS = {
  rich_text_section: (part) => h("div", { class: "rich__section" }, inlineParts(part.elements)),
  rich_text_preformatted: (part) => h("pre", { class: "pre", tabindex: 0 }, inlineParts(part.elements)),
  rich_text_quote: (part) => h("blockquote", { class: "quote" }, inlineParts(part.elements)),
  rich_text_list: (part) => h(part.style === "ordered" ? "ol" : "ul", {
    class: `rich__list rich__list--${Math.min(4, part.indent || 0)}`, start: part.offset ? part.offset + 1 : null,
  }, part.elements.map(listItem)),
};

function richPart(part) {
  return (GROUPS[part.type] || (() => h("div", {}, inlineParts(part.elements))))(part);
}

/** Returns the node of a rich_text block. */
export function richText(block) {
  return h("div", { class: "rich", dir: "auto" }, (block.elements || []).map(richPart));
}
