/** "Attain is thinking…": shown from asking until the answer is there. */

import { fill, h } from "../core/dom.js";
import { on, session } from "../core/session.js";

const LONGEST_MS = 8000;
const AFTER_CLICK_MS = 4000;

/** The row under the message box. */
export const thinkingRow = h("div", { class: "thinking", role: "status", "aria-live": "polite" });

const timers = new Map();

function draw() {
  const waiting = session.waiting.has(session.channel);
  fill(thinkingRow, waiting ? [h("span", { class: "thinking__dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), h("span", {}, `${session.state.bot.name} is thinking…`)] : null);
}

function begin(channel) {
  if (!channel) return;
  session.waiting.set(channel, session.messages.at(-1)?.id || "");
  endLater(channel, LONGEST_MS);
  draw();
}

function endLater(channel, milliseconds) {
  clearTimeout(timers.get(channel));
  timers.set(channel, setTimeout(() => end(channel), milliseconds));
}

function end(channel) {
  clearTimeout(timers.get(channel));
  session.waiting.delete(channel);
  draw();
}

function expects(target) {
  const channel = session.state.channels.find((one) => one.id === target.channel);
  return channel?.kind === "app";
}

/** Follows what is asked and what arrives. */
export function startThinking() {
  on("sending", (target) => (expects(target) || target.command) && begin(target.channel));
  on("asked", ({ container }) => container.type === "message" && begin(container.channel));
  on("answered", ({ container, error }) => {
    if (error) end(session.channel);
    else if (session.waiting.has(container.channel)) endLater(container.channel, AFTER_CLICK_MS);
  });
  on("waiting-over", end);
  on("shown", draw);
  on("event", (event) => {
    if (event.type === "view") for (const channel of [...session.waiting.keys()]) end(channel);
    if (["ephemeral", "update", "delete"].includes(event.type)) end(event.channel || session.channel);
  });
  on("messages", (messages) => {
    const last = messages.at(-1);
    if (last?.from.bot && session.waiting.has(session.channel) && session.waiting.get(session.channel) !== last.id) end(session.channel);
  });
}
