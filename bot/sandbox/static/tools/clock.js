/** The time machine: what day it is in the workspace, and how to move it. */

import { report, toast } from "../core/announce.js";
import { order } from "../core/api.js";
import { h } from "../core/dom.js";
import { intl, now } from "../core/format.js";
import { icon } from "../core/icons.js";
import { emit, session } from "../core/session.js";

const MOVES = [
  { advance: "morning", label: "Next morning", detail: "10:00 on the next working day, where you are" },
  { advance: "1d", label: "+1 day", detail: "Tomorrow, same time" },
  { advance: "7d", label: "+7 days", detail: "A week from now" },
  { advance: "period_end", label: "End of period", detail: "First day of the next fiscal quarter, 09:00 UTC" },
  { advance: "reset", label: "Back to today", detail: "The real date" },
];

async function move(step, close) {
  try {
    const answer = await order("clock", { advance: step.advance });
    if (answer?.now) session.state.now = answer.now;
    close();
    emit("refresh");
    toast(answer?.message || `Time moved: ${step.label}.`, "good");
  } catch (error) {
    report(error);
  }
}

/** Returns the content of the time machine. */
export function timeMachine(close) {
  return [
    h("div", { class: "clock__now" },
      h("div", { class: "clock__date" }, intl(now(), { weekday: "long", month: "long", day: "numeric", year: "numeric" })),
      h("div", { class: "clock__time" }, `${intl(now(), { hour: "numeric", minute: "2-digit" })} · ${session.state.me.tz || "your time zone"}`),
    ),
    h("div", { class: "clock__moves" }, MOVES.map((step) =>
      h("button", { type: "button", class: "clock__move", dataset: { advance: step.advance }, on: { click: () => move(step, close) } },
        icon(step.advance === "reset" ? "reset" : "calendar", 16),
        h("span", {}, h("span", { class: "clock__label" }, step.label), h("span", { class: "clock__detail" }, step.detail)),
      ),
    )),
  ];
}
