/** Draws Block Kit blocks. `blocks(list, context)` is the one way in for messages, modals and Home. */

import { h, uid } from "../core/dom.js";
import { markdown } from "../text/markdown.js";
import { element } from "./elements.js";
import { fallback } from "./fallback.js";
import { fileBlock, image, imageBlock, videoBlock } from "./media.js";
import { richText } from "./rich_text.js";
import { table } from "./tables.js";
import { plain, textNode } from "./text_object.js";

const DOCKED = ["button", "overflow", "image"];

function section(block, context, blockId) {
  const accessory = block.accessory;
  const docked = accessory && (DOCKED.includes(accessory.type) || /select$|picker$/.test(accessory.type));
  const labelText = plain(block.text).replace(/[*_~`]/g, "").slice(0, 80);
  return h("div", { class: `section ${docked ? "section--docked" : ""}` },
    h("div", { class: "section__main" },
      textNode(block.text),
      block.fields ? h("div", { class: "fields" }, block.fields.map((field) => textNode(field, "fields__one"))) : null,
    ),
    accessory ? h("div", { class: `section__accessory section__accessory--${accessory.type}` }, element(accessory, context.inside({ labelText }), blockId)) : null,
  );
}

function contextBlock(block) {
  const parts = (block.elements || []).map((part) => (part.type === "image" ? image(part) : textNode(part)));
  return h("div", { class: "context" }, parts);
}

function actions(block, context, blockId) {
  return h("div", { class: "actions" }, (block.elements || []).map((part) => element(part, context, blockId)));
}

function input(block, context, blockId) {
  const labelId = uid("label");
  const describedBy = uid("hint");
  const inner = context.inside({ labelId, describedBy, immediate: false, dispatches: Boolean(block.dispatch_action) });
  const control = element(block.element, inner, blockId);
  const label = h("label", { class: "input__label", id: labelId }, plain(block.label), block.optional ? h("span", { class: "input__optional" }, " (optional)") : null);
  const target = control.matches("input, textarea") ? control : control.querySelector("input, textarea");
  if (target && !["radio", "checkbox"].includes(target.type)) {
    target.id ||= uid("field");
    label.htmlFor = target.id;
  }
  return h("div", { class: "input" }, label, control,
    h("div", { class: "input__note", id: describedBy },
      h("div", { class: "input__error", role: "alert" }),
      block.hint ? h("div", { class: "input__hint" }, plain(block.hint)) : null,
    ),
  );
}

const KINDS = {
  section, actions, input, table, data_table: table, context: contextBlock, image: imageBlock, video: videoBlock, file: fileBlock, rich_text: richText,
  context_actions: actions,
  header: (block) => h("div", { class: "header-block", role: "heading", "aria-level": 3, dir: "auto" }, plain(block.text)),
  divider: () => h("hr", { class: "divider" }),
  markdown: (block) => h("div", { class: "mrkdwn markdown", dir: "auto" }, markdown(block.text)),
};

function one(block, context, index) {
  const blockId = block.block_id || `block-${index}`;
  try {
    const draw = KINDS[block.type];
    return h("div", { class: `block block--${block.type}`, dataset: { block: blockId } }, draw ? draw(block, context, blockId) : fallback(block));
  } catch {
    // A malformed block must not take the whole message with it: what can be read of it is shown instead.
    return h("div", { class: "block", dataset: { block: blockId } }, fallback(block));
  }
}

/** Returns the nodes of a list of blocks. */
export function blocks(list, context) {
  return (list || []).map((block, index) => one(block, context, index));
}
