/** Modal dialogs on the native element: focus trap, Esc and inert background come with it. */

import { h, uid } from "./dom.js";
import { icon } from "./icons.js";

/** Opens a dialog; `close` is passed to `build`; the promise resolves with the value the dialog closed with. */
export function openDialog({ title, kind = "", build, footer = null, lead = null, onCancel = null }) {
  const heading = uid("dialog-title");
  const opener = document.activeElement;
  let settle;
  const done = new Promise((resolve) => { settle = resolve; });
  const dialog = h("dialog", { class: `dialog ${kind}`, "aria-labelledby": heading });
  const close = (value = null) => {
    if (!dialog.isConnected) return;
    dialog.close();
    dialog.remove();
    if (opener?.isConnected) opener.focus();
    settle(value);
  };
  const cancel = () => (onCancel ? onCancel(close) : close(null));
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); cancel(); });
  dialog.addEventListener("mousedown", (event) => { if (event.target === dialog) cancel(); });
  dialog.append(
    h("div", { class: "dialog__box" },
      h("header", { class: "dialog__head" },
        lead,
        h("h2", { class: "dialog__title", id: heading }, title),
        h("button", { type: "button", class: "icon-button", "aria-label": "Close", on: { click: cancel } }, icon("close", 20)),
      ),
      h("div", { class: "dialog__body" }, build(close)),
      footer ? h("footer", { class: "dialog__foot" }, footer(close)) : null,
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, close, done };
}

/** Asks a yes-or-no question as a Block Kit confirm object words it; resolves true when confirmed. */
export async function confirmDialog({ title, body, confirm, deny, danger }) {
  const footer = (close) => [
    h("button", { type: "button", class: "button", on: { click: () => close(false) } }, deny || "Cancel"),
    h("button", { type: "button", class: `button ${danger ? "button--danger" : "button--primary"}`, autofocus: true, on: { click: () => close(true) } }, confirm || "Yes"),
  ];
  const opened = openDialog({ title, kind: "dialog--confirm", build: () => body, footer });
  return (await opened.done) === true;
}
