/** Slack's mrkdwn, parsed into DOM nodes. Entities are decoded once, at the leaves; message content never becomes HTML. */

import { h } from "../core/dom.js";
import { channelById, personById, session } from "../core/session.js";
import { dateText } from "./dates.js";
import { emoji } from "./emoji.js";
import { decode, safeAddress } from "./entities.js";

const MARKS = { "*": "strong", _: "em", "~": "s" };
const WORD = /[\p{L}\p{N}]/u;
const BULLET = /^(\s*)(•|◦|▪|-|\d{1,3}\.)\s+(.*)$/;
const QUOTE = /^(?:&gt;|>) ?/;
const QUOTE_REST = /^(?:&gt;&gt;&gt;|>>>) ?/;

/** A link that opens outside; an address that is not http, https, mailto or tel stays text. */
export function link(address, label) {
  const href = safeAddress(address);
  if (!href) return h("span", {}, label || address);
  return h("a", { class: "link", href, target: "_blank", rel: "noopener noreferrer" }, label || address);
}

/** A person's name as a mention; mentions of the reader stand out. */
export function userMention(id, label = "") {
  const person = personById(id);
  const mine = session.state?.me?.id === id;
  return h("span", { class: mine ? "mention mention--me" : "mention", dataset: { user: id } }, `@${person?.name || label || id}`);
}

/** A conversation's name as a mention. */
export function channelMention(id, label = "") {
  return h("span", { class: "mention", dataset: { channel: id } }, `#${channelById(id)?.name || label || id}`);
}

function special(command, label) {
  if (command.startsWith("date^")) {
    const [, stamp, format, address] = command.split("^");
    const text = dateText(stamp, decode(format || ""), label || format || "");
    return address ? link(decode(address), text) : h("time", { class: "date-token" }, text);
  }
  const [name] = command.split("^");
  if (["here", "channel", "everyone"].includes(name)) return h("span", { class: "mention mention--all" }, `@${name}`);
  return h("span", { class: "mention" }, label || `@${name}`);
}

function angle(body) {
  const bar = body.indexOf("|");
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? "" : decode(body.slice(bar + 1));
  if (target.startsWith("@")) return userMention(target.slice(1), label);
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  if (target.startsWith("!")) return special(target.slice(1), label);
  if (safeAddress(decode(target))) return link(decode(target), label);
  return null;
}

function closing(text, from, mark) {
  for (let at = text.indexOf(mark, from); at >= 0; at = text.indexOf(mark, at + 1)) {
    if (text.slice(from, at).includes("\n")) return -1;
    const tight = at > from && !/\s/.test(text[at - 1]);
    if (tight && !WORD.test(text[at + 1] || " ") && text[at + 1] !== mark) return at;
  }
  return -1;
}

function opens(text, at, mark) {
  const before = text[at - 1] || " ";
  const after = text[at + 1] || " ";
  return !WORD.test(before) && before !== mark && !/\s/.test(after) && after !== mark;
}

function readAngle(text, at) {
  const end = text.indexOf(">", at);
  const body = end > at + 1 ? text.slice(at + 1, end) : "";
  const node = body && !body.includes("<") ? angle(body) : null;
  return node ? { node, next: end + 1 } : null;
}

function readCode(text, at) {
  const end = text.indexOf("`", at + 1);
  if (end <= at + 1 || text.slice(at, end).includes("\n")) return null;
  return { node: h("code", { class: "code" }, decode(text.slice(at + 1, end))), next: end + 1 };
}

function readEmoji(text, at) {
  const found = /^:([a-z0-9_+-]+(?:::skin-tone-\d)?):/.exec(text.slice(at, at + 60));
  const picture = found && emoji(found[1]);
  if (!picture) return null;
  return { node: h("span", { class: "emoji", role: "img", "aria-label": found[1].replaceAll("_", " ") }, picture), next: at + found[0].length };
}

function readMark(text, at, open) {
  const mark = text[at];
  if (open.includes(mark) || !opens(text, at, mark)) return null;
  const end = closing(text, at + 1, mark);
  if (end < 0) return null;
  return { node: h(MARKS[mark], {}, inline(text.slice(at + 1, end), open + mark)), next: end + 1 };
}

function readToken(text, at, open) {
  const character = text[at];
  if (character === "<") return readAngle(text, at);
  if (character === "`") return readCode(text, at);
  if (character === ":") return readEmoji(text, at);
  return readMark(text, at, open);
}

/** Returns the nodes of a run of mrkdwn with no line-level structure. */
export function inline(text, open = "") {
  const nodes = [];
  const tokens = /[<`:*_~]/g;
  let start = 0;
  for (let found = tokens.exec(text); found; found = tokens.exec(text)) {
    const token = readToken(text, found.index, open);
    if (!token) continue;
    if (found.index > start) nodes.push(decode(text.slice(start, found.index)));
    nodes.push(token.node);
    start = token.next;
    tokens.lastIndex = token.next;
  }
  if (start < text.length) nodes.push(decode(text.slice(start)));
  return nodes;
}

function paragraph(lines) {
  const nodes = lines.flatMap((line, index) => (index ? [h("br"), ...inline(line)] : inline(line)));
  return h("div", { class: "mrkdwn__p" }, nodes);
}

function list(lines) {
  const items = lines.map((line) => {
    const [, indent, marker, rest] = BULLET.exec(line);
    const depth = Math.min(3, Math.floor(indent.length / 2));
    return h("li", { class: `bullet bullet--${depth}` }, h("span", { class: "bullet__mark" }, marker === "-" ? "•" : marker), h("span", {}, inline(rest)));
  });
  return h("ul", { class: "bullets" }, items);
}

function takeWhile(lines, from, test) {
  let end = from;
  while (end < lines.length && test(lines[end])) end += 1;
  return end;
}

function isPlain(line) {
  return !QUOTE.test(line) && !BULLET.test(line);
}

function lineBlocks(text) {
  const lines = text.split("\n");
  const nodes = [];
  let at = 0;
  while (at < lines.length) {
    let end;
    if (QUOTE_REST.test(lines[at])) {
      end = lines.length;
      nodes.push(h("blockquote", { class: "quote" }, paragraph([lines[at].replace(QUOTE_REST, ""), ...lines.slice(at + 1)])));
    } else if (QUOTE.test(lines[at])) {
      end = takeWhile(lines, at, (line) => QUOTE.test(line));
      nodes.push(h("blockquote", { class: "quote" }, paragraph(lines.slice(at, end).map((line) => line.replace(QUOTE, "")))));
    } else if (BULLET.test(lines[at])) {
      end = takeWhile(lines, at, (line) => BULLET.test(line));
      nodes.push(list(lines.slice(at, end)));
    } else {
      end = takeWhile(lines, at, isPlain);
      nodes.push(paragraph(lines.slice(at, end)));
    }
    at = end;
  }
  return nodes;
}

/** Returns the nodes of a whole mrkdwn text: paragraphs, quotes, lists and preformatted blocks. */
export function mrkdwn(text) {
  return String(text ?? "").split("```").flatMap((part, index, parts) => {
    if (index % 2 && index < parts.length - 1) return [h("pre", { class: "pre", tabindex: 0 }, decode(part.replace(/^\n|\n$/g, "")))];
    const unclosed = index % 2 ? `\`\`\`${part}` : part;
    const trimmed = index ? unclosed.replace(/^\n/, "") : unclosed;
    return trimmed === "" ? [] : lineBlocks(trimmed.replace(index < parts.length - 1 ? /\n$/ : /$^/, ""));
  });
}
