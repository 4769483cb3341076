/** Small floating surfaces: anchored popovers and keyboard menus. They live in the top layer, so nothing clips them. */

import { fill, h, uid } from "./dom.js";

const GAP = 6;
const EDGE = 8;

/** Puts a shown popover beside its anchor, flipped and shifted to stay on screen. */
export function place(surface, anchor, { side = "below", align = "start", match = false } = {}) {
  const box = anchor.getBoundingClientRect();
  if (match) surface.style.width = `${box.width}px`;
  const { offsetWidth: width, offsetHeight: height } = surface;
  const below = box.bottom + GAP;
  const above = box.top - GAP - height;
  const fitsBelow = below + height <= innerHeight - EDGE;
  const top = side === "above" ? (above >= EDGE ? above : below) : fitsBelow || above < EDGE ? below : above;
  const left = align === "end" ? box.right - width : box.left;
  surface.style.top = `${Math.max(EDGE, Math.min(top, innerHeight - height - EDGE))}px`;
  surface.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
}

/** Makes `button` open a popover whose content `build(close)` returns afresh each time. */
export function attachPopover(button, build, { label, side, align, role = "dialog", kind = "" } = {}) {
  const surface = h("div", { class: `popover ${kind}`, popover: "auto", id: uid("popover"), role, "aria-label": label });
  button.setAttribute("aria-haspopup", role === "menu" ? "menu" : "dialog");
  button.setAttribute("aria-expanded", "false");
  button.popoverTargetElement = surface;
  const close = () => surface.matches(":popover-open") && surface.hidePopover();
  surface.addEventListener("beforetoggle", (event) => {
    if (event.newState === "open") fill(surface, build(close));
  });
  surface.addEventListener("toggle", (event) => {
    const open = event.newState === "open";
    button.setAttribute("aria-expanded", String(open));
    if (open) place(surface, button, { side, align });
    if (open) surface.querySelector("[autofocus], [role^=menuitem], button, input")?.focus();
  });
  queueMicrotask(() => button.after(surface));
  return { surface, close };
}

function step(items, from, by) {
  const at = items.indexOf(from);
  return items[(at + by + items.length) % items.length];
}

/** Gives a menu its arrow keys, Home and End. */
export function arrowKeys(surface, selector = "[role^=menuitem]") {
  surface.addEventListener("keydown", (event) => {
    const items = [...surface.querySelectorAll(selector)].filter((item) => !item.disabled && item.offsetParent !== null);
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    let target = null;
    if (event.key in moves) target = step(items, document.activeElement, moves[event.key]);
    if (event.key === "Home") target = items[0];
    if (event.key === "End") target = items.at(-1);
    if (!target) return;
    event.preventDefault();
    target.focus();
  });
}

/** Makes `button` open a menu of `{label, detail, run, icon}` items. */
export function attachMenu(button, items, { label, side, align } = {}) {
  const row = (item, close) =>
    h("button", { type: "button", role: "menuitem", class: "menu__item", tabindex: -1, on: { click: () => { close(); item.run(); } } },
      item.icon || null,
      h("span", { class: "menu__text" }, h("span", { class: "menu__label" }, item.label), item.detail ? h("span", { class: "menu__detail" }, item.detail) : null),
    );
  const build = (close) => (typeof items === "function" ? items() : items).map((item) => row(item, close));
  const made = attachPopover(button, build, { label, side, align, role: "menu", kind: "menu" });
  arrowKeys(made.surface);
  return made;
}
