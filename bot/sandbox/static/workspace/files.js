/** Files under a message: a card with its name and, for CSV and text, a preview of the first rows. */

import { fileAddress } from "../core/api.js";
import { openDialog } from "../core/dialog.js";
import { h } from "../core/dom.js";
import { fileSize } from "../core/format.js";
import { icon } from "../core/icons.js";

const PREVIEW_ROWS = 6;

/** Parses CSV text into rows; quotes may hold commas, doubled quotes and line breaks. */
export function parseCsv(text) {
  const rows = [[]];
  const cells = /("(?:[^"]|"")*"|[^,\r\n"]*)(,|\r?\n|$)/g;
  for (let found = cells.exec(text); found; found = cells.exec(text)) {
    const [whole, cell, end] = found;
    rows.at(-1).push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === "" || cells.lastIndex >= text.length) break;
    if (end !== ",") rows.push([]);
    if (whole === "") cells.lastIndex += 1;
  }
  return rows.filter((row) => row.length > 1 || row[0] !== "");
}

function isCsv(file) {
  return file.mimetype === "text/csv" || /\.csv$/i.test(file.name || "");
}

function csvTable(rows, label) {
  const [head, ...body] = rows;
  return h("div", { class: "table-wrap", tabindex: 0, role: "region", "aria-label": label },
    h("table", { class: "table table--csv" },
      h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col" }, cell)))),
      h("tbody", {}, body.map((row) => h("tr", {}, row.map((cell) => h("td", {}, cell))))),
    ),
  );
}

async function content(file) {
  const address = fileAddress(file);
  if (file.content || !address) return file.content || file.preview || "";
  const response = await fetch(address);
  return response.ok ? response.text() : file.preview || "";
}

async function openPreview(file) {
  const text = await content(file);
  const rows = isCsv(file) ? parseCsv(text) : null;
  const body = rows?.length ? csvTable(rows, file.name) : h("pre", { class: "pre", tabindex: 0 }, text);
  openDialog({ title: file.title || file.name, kind: "dialog--wide", build: () => body });
}

function preview(file) {
  const text = file.preview || file.content || "";
  if (!text) return null;
  if (!isCsv(file)) return h("pre", { class: "pre file__text", tabindex: 0 }, text.split("\n").slice(0, PREVIEW_ROWS).join("\n"));
  return csvTable(parseCsv(text).slice(0, PREVIEW_ROWS + 1), `First rows of ${file.name}`);
}

/** Returns a file's card. */
export function fileCard(file) {
  const address = fileAddress(file);
  const name = file.title || file.name || "File";
  return h("div", { class: "file" },
    h("div", { class: "file__head" },
      h("span", { class: "file__icon" }, icon(isCsv(file) ? "table" : "file", 20)),
      h("div", { class: "file__name" }, h("strong", {}, name), h("span", { class: "file__meta" }, [isCsv(file) ? "CSV" : file.filetype || file.mimetype, fileSize(file.size)].filter(Boolean).join(" · "))),
      file.preview || address ? h("button", { type: "button", class: "icon-button", "aria-label": `Open ${name}`, title: "Open", on: { click: () => openPreview(file) } }, icon("eye", 18)) : null,
      address ? h("a", { class: "icon-button", href: address, download: file.name, "aria-label": `Download ${name}`, title: "Download" }, icon("download", 18)) : null,
    ),
    preview(file),
  );
}
