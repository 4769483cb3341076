/** Buttons, overflow menus and their confirm dialogs. */

import { confirmDialog } from "../core/dialog.js";
import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { attachMenu } from "../core/popup.js";
import { safeAddress } from "../text/entities.js";
import { plain, textNode } from "./text_object.js";

/** Asks the element's confirm question, if it has one; resolves true when the action may go on. */
export async function confirmed(element) {
  if (!element.confirm) return true;
  return confirmDialog({
    title: plain(element.confirm.title) || "Are you sure?",
    body: textNode(element.confirm.text),
    confirm: plain(element.confirm.confirm) || "Yes",
    deny: plain(element.confirm.deny) || "No",
    danger: element.confirm.style === "danger",
  });
}

/** Returns a button; while its action is on the way it shows that it is busy. */
export function button(element, context, blockId) {
  const style = element.style ? `button--${element.style}` : "";
  const label = [plain(element.text), element.url ? icon("external", 14) : null];
  const click = async (event) => {
    const node = event.currentTarget;
    const address = safeAddress(element.url || "");
    if (!(await confirmed(element))) return;
    if (address) window.open(address, "_blank", "noopener,noreferrer");
    node.classList.add("is-busy");
    node.setAttribute("aria-busy", "true");
    try {
      await context.act(element, blockId, { value: element.value });
    } finally {
      node.classList.remove("is-busy");
      node.removeAttribute("aria-busy");
    }
  };
  return h("button", {
    type: "button", class: `button button--block ${style}`, "aria-label": element.accessibility_label || null,
    dataset: { action: element.action_id || "" }, on: { click },
  }, label);
}

/** Returns an overflow menu. */
export function overflow(element, context, blockId) {
  const node = h("button", { type: "button", class: "button button--block button--overflow", "aria-label": "More options", dataset: { action: element.action_id || "" } }, icon("more", 18));
  const run = async (option) => {
    const address = safeAddress(option.url || "");
    if (!(await confirmed(element))) return;
    if (address) window.open(address, "_blank", "noopener,noreferrer");
    context.act(element, blockId, { selected_option: option });
  };
  attachMenu(node, element.options.map((option) => ({ label: plain(option.text), detail: plain(option.description), run: () => run(option) })), { label: "More options", align: "end" });
  return h("span", { class: "overflow" }, node);
}
