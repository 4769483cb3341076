/** `table` blocks: the first row heads the columns; wide tables scroll inside themselves. */

import { h } from "../core/dom.js";
import { fallback } from "./fallback.js";
import { richText } from "./rich_text.js";
import { plain, textNode } from "./text_object.js";

function cellContent(cell) {
  if (cell === null || cell === undefined) return "";
  if (typeof cell !== "object") return String(cell);
  if (cell.type === "rich_text") return richText(cell);
  if (cell.type === "mrkdwn") return textNode(cell);
  return plain(cell.text ?? cell.value ?? "");
}

function columnClass(settings, index) {
  const column = settings?.[index] || {};
  return `${column.align ? `table__cell--${column.align}` : ""} ${column.is_wrapped ? "table__cell--wrapped" : ""}`.trim() || null;
}

function row(cells, settings, tag) {
  return h("tr", {}, cells.map((cell, index) => h(tag, { class: columnClass(settings, index), scope: tag === "th" ? "col" : null, dir: "auto" }, cellContent(cell))));
}

/** Returns a table; a block without rows of cells is drawn as fallback. */
export function table(block) {
  const rows = block.rows || [];
  if (!rows.length || !rows.every(Array.isArray)) return fallback(block);
  const [head, ...body] = rows;
  return h("div", { class: "table-wrap", tabindex: 0, role: "region", "aria-label": plain(block.caption) || "Table" },
    h("table", { class: "table" },
      h("thead", {}, row(head, block.column_settings, "th")),
      h("tbody", {}, body.map((cells) => row(cells, block.column_settings, "td"))),
    ),
  );
}
