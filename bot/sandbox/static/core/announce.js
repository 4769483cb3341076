/** Spoken and shown notes: the polite live region and the toasts. */

import { find, h } from "./dom.js";
import { icon } from "./icons.js";

const STAY_MS = 6000;

/** Says a text to screen readers. */
export function announce(text) {
  const region = find("#announcer");
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 60);
}

/** Shows a note that goes away by itself; tone is `info`, `good` or `bad`. Returns what takes it away at once. */
export function toast(text, tone = "info") {
  const close = () => note.remove();
  const picture = { good: "check", bad: "warning", info: "bell" }[tone] || "bell";
  const note = h("div", { class: `toast toast--${tone}` },
    icon(picture, 18),
    h("span", { class: "toast__text" }, text),
    h("button", { type: "button", class: "icon-button toast__close", "aria-label": "Dismiss", on: { click: close } }, icon("close", 16)),
  );
  find("#toasts").append(note);
  setTimeout(close, STAY_MS);
  return close;
}

/** Shows an error's message as a toast. */
export function report(error) {
  toast(error?.message || String(error), "bad");
}
