/** The inspector: what went over the wire for one message, and what the app recorded about it. */

import { get } from "../core/api.js";
import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { copyBlock } from "./golive.js";

const LABELS = {
  operation: "Operation", template: "Template", transport: "Transport", ack_ms: "Acknowledged in", receipt: "Receipt", source: "Escaped source",
};
const SLOW_ACK_MS = 1000;

function shown(value) {
  if (value === null || value === undefined || value === "") return h("span", { class: "inspect__none" }, "none");
  if (typeof value === "object") return h("code", { class: "code" }, JSON.stringify(value));
  return String(value);
}

function ackText(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return null;
  return h("span", { class: milliseconds > SLOW_ACK_MS ? "verdict verdict--bad" : "verdict verdict--good" }, `${Number(milliseconds).toFixed(milliseconds < 10 ? 1 : 0)} ms`);
}

function verdict(validator) {
  if (!validator) return shown(null);
  if (validator.ok) return h("span", { class: "verdict verdict--good" }, icon("check", 14), "Valid Block Kit");
  return h("div", {}, h("span", { class: "verdict verdict--bad" }, icon("warning", 14), "Invalid"), h("ul", { class: "inspect__errors" }, (validator.errors || []).map((error) => h("li", {}, typeof error === "string" ? error : JSON.stringify(error)))));
}

function facts(pairs) {
  return h("dl", { class: "facts" }, pairs.map(([label, value]) => h("div", { class: "facts__row" }, h("dt", {}, label), h("dd", {}, value))));
}

function disclosure(record) {
  if (!record || typeof record !== "object") return shown(record);
  return facts(Object.entries(record).map(([name, value]) => [name.replaceAll("_", " "), shown(value)]));
}

function outboxRow({ data, ...row }) {
  return [disclosure(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== ""))), folded("Data it was worded from", data)];
}

function group(title, ...content) {
  return h("section", { class: "inspect__group" }, h("h3", { class: "inspect__title" }, title), content);
}

function json(label, value) {
  return value === null || value === undefined ? null : copyBlock(label, typeof value === "string" ? value : JSON.stringify(value, null, 2));
}

function folded(label, value) {
  const block = json(label, value);
  return block ? h("details", { class: "inspect__more" }, h("summary", {}, label), block) : null;
}

function content(found) {
  return h("div", { class: "inspect" },
    group("What happened", facts([
      [LABELS.ack_ms, ackText(found.ack_ms) || shown(null)],
      [LABELS.operation, shown(found.operation)],
      [LABELS.template, shown(found.template)],
      [LABELS.receipt, shown(found.receipt)],
      [LABELS.transport, shown(found.transport)],
      ["Validator", verdict(found.validator)],
    ])),
    found.disclosure ? group("Disclosure record", disclosure(found.disclosure)) : null,
    found.outbox ? group("Outbox row", outboxRow(found.outbox)) : null,
    group("Fallback text", h("p", { class: "inspect__fallback", dir: "auto" }, shown(found.fallback))),
    group("Message", json("Payload JSON", found.payload)),
    folded("Escaped source", found.source),
    folded("Envelope received by the app", found.envelope),
  );
}

/** Returns the inspector's content for a message. */
export async function inspectorPanel(message) {
  return content(await get("inspect", { message }));
}
