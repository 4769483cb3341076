/** The chaos panel: switches that make the simulated Slack misbehave as the real one sometimes does. */

import { report } from "../core/announce.js";
import { order } from "../core/api.js";
import { h, uid } from "../core/dom.js";
import { session } from "../core/session.js";

async function flip(one, input) {
  try {
    await order("chaos", { name: one.name, on: input.checked });
    one.on = input.checked;
  } catch (error) {
    input.checked = !input.checked;
    report(error);
  }
}

function row(one) {
  const id = uid("chaos");
  const input = h("input", { type: "checkbox", role: "switch", class: "switch", id, checked: Boolean(one.on), "aria-describedby": `${id}-detail`, on: { change: (event) => flip(one, event.target) } });
  return h("div", { class: "chaos__row" },
    h("div", { class: "chaos__text" }, h("label", { class: "chaos__label", for: id }, one.label), h("div", { class: "chaos__detail", id: `${id}-detail` }, one.description)),
    input,
  );
}

/** Returns the panel's content. */
export function chaosPanel() {
  return h("div", { class: "chaos" },
    h("p", { class: "panel__intro" }, "Break the simulated Slack on purpose and watch what the app makes of it. Switches act on every persona until turned off."),
    session.state.chaos.map(row),
  );
}
