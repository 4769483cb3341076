/** The standard-markdown subset of the `markdown` block, built as DOM nodes. */

import { h } from "../core/dom.js";
import { link } from "./mrkdwn.js";

const INLINE = /(`[^`\n]+`)|(\*\*[^*\n]+\*\*|__[^_\n]+__)|(~~[^~\n]+~~)|(\*[^*\s][^*\n]*\*|\b_[^_\s][^_\n]*_\b)|(\[[^\]\n]+\]\([^)\s]+\))/g;

function token([whole, code, bold, strike, italic, anchor]) {
  if (code) return h("code", { class: "code" }, code.slice(1, -1));
  if (bold) return h("strong", {}, inline(bold.slice(2, -2)));
  if (strike) return h("s", {}, inline(strike.slice(2, -2)));
  if (italic) return h("em", {}, inline(italic.slice(1, -1)));
  const cut = anchor.lastIndexOf("](");
  return link(anchor.slice(cut + 2, -1), anchor.slice(1, cut)) || whole;
}

function inline(text) {
  const nodes = [];
  let start = 0;
  for (const found of text.matchAll(INLINE)) {
    nodes.push(text.slice(start, found.index), token(found));
    start = found.index + found[0].length;
  }
  return [...nodes, text.slice(start)];
}

function cells(line) {
  return line.replace(/^\s*\||\|\s*$/g, "").split("|").map((cell) => cell.trim());
}

function table(lines) {
  const [head, , ...body] = lines.map(cells);
  return h("div", { class: "table-wrap", tabindex: 0, role: "region", "aria-label": "Table" },
    h("table", { class: "table" },
      h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col" }, inline(cell))))),
      h("tbody", {}, body.map((row) => h("tr", {}, row.map((cell) => h("td", {}, inline(cell)))))),
    ),
  );
}

function items(lines) {
  const ordered = /^\s*\d+[.)]\s/.test(lines[0]);
  return h(ordered ? "ol" : "ul", { class: "md-list" }, lines.map((line) => h("li", {}, inline(line.replace(/^\s*([-*+]|\d+[.)])\s+/, "")))));
}

const KINDS = [
  { test: (line) => /^\s*\|.*\|\s*$/.test(line), many: true, build: table },
  { test: (line) => /^#{1,6}\s/.test(line), build: ([line]) => h("div", { class: "md-heading", role: "heading", "aria-level": 4 }, inline(line.replace(/^#+\s*/, ""))) },
  { test: (line) => /^\s*(-{3,}|\*{3,})\s*$/.test(line), build: () => h("hr", { class: "divider" }) },
  { test: (line) => /^\s*([-*+]|\d+[.)])\s+/.test(line), many: true, build: items },
  { test: (line) => /^>/.test(line), many: true, build: (lines) => h("blockquote", { class: "quote" }, lines.map((line) => h("div", {}, inline(line.replace(/^>\s?/, ""))))) },
  { test: (line) => line.trim() === "", build: () => null },
];

function kindOf(line) {
  return KINDS.find((kind) => kind.test(line));
}

function prose(lines) {
  return h("div", { class: "mrkdwn__p" }, lines.flatMap((line, index) => (index ? [h("br"), ...inline(line)] : inline(line))));
}

function lineNodes(text) {
  const lines = text.split("\n");
  const nodes = [];
  let at = 0;
  while (at < lines.length) {
    const kind = kindOf(lines[at]);
    let end = at + 1;
    if (!kind || kind.many) while (end < lines.length && kindOf(lines[end]) === kind) end += 1;
    const part = lines.slice(at, end);
    nodes.push(kind ? kind.build(part) : prose(part));
    at = end;
  }
  return nodes;
}

/** Returns the nodes of a markdown text; fenced code is kept verbatim. */
export function markdown(text) {
  return String(text ?? "").split(/```\w*\n?/).flatMap((part, index) =>
    index % 2 ? [h("pre", { class: "pre", tabindex: 0 }, part.replace(/\n$/, ""))] : lineNodes(part),
  );
}
