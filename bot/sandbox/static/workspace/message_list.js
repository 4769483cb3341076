/** The list of a conversation's messages: day dividers, the line of the new ones, runs by author, arrow keys, staying at the end. */

import { h, reconcile } from "../core/dom.js";
import { dayKey, dayLabel, writtenAt } from "../core/format.js";
import { messageRow } from "./message.js";

const RUN_MS = 5 * 60_000;
const NEAR_END_PX = 120;

function continues(before, message) {
  if (!before || before.from.id !== message.from.id) return false;
  if (Boolean(before.ephemeral) !== Boolean(message.ephemeral) || message.ephemeral) return false;
  return writtenAt(message) - writtenAt(before) < RUN_MS;
}

function divider(text, className) {
  return h("div", { class: className, role: "listitem" }, h("span", { class: "divider-label" }, text));
}

function rows(messages, options) {
  const items = [];
  let before = null;
  for (const message of messages) {
    const day = dayKey(writtenAt(message));
    const newDay = !before || dayKey(writtenAt(before)) !== day;
    if (newDay && !options.inThread) items.push({ key: `day-${day}`, print: dayLabel(writtenAt(message)), divider: "day-divider" });
    const freshStart = options.freshFrom && message.id === options.freshFrom;
    if (freshStart) items.push({ key: "new", print: "New", divider: "new-divider" });
    const first = newDay || freshStart || !continues(before, message);
    items.push({ key: message.id, print: JSON.stringify([message, first]), message, first });
    before = message;
  }
  return items;
}

function moveFocus(event, list) {
  const moves = { ArrowDown: 1, ArrowUp: -1 };
  const row = event.target.closest?.(".msg");
  if (!(event.key in moves) || event.target !== row) return;
  const all = [...list.querySelectorAll(".msg")];
  const next = all[all.indexOf(row) + moves[event.key]];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/** A scrolling list that keeps unchanged rows and follows new ones when the reader is at the end. */
export class MessageList {
  constructor({ label, inThread = false }) {
    this.inThread = inThread;
    this.list = h("div", { class: "messages__list", role: "list", "aria-label": label });
    this.node = h("div", { class: "messages", tabindex: 0, role: "region", "aria-label": label }, h("div", { class: "messages__spacer" }), this.list);
    this.list.addEventListener("keydown", (event) => moveFocus(event, this.list));
    this.node.addEventListener("keydown", (event) => {
      if (event.target !== this.node || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
      event.preventDefault();
      [...this.list.querySelectorAll(".msg")].at(-1)?.focus();
    });
    new ResizeObserver(() => this.follow && this.toEnd()).observe(this.node);
    this.node.addEventListener("scroll", () => { this.follow = this.isNearEnd(); }, { passive: true });
    this.follow = true;
  }

  isNearEnd() {
    return this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < NEAR_END_PX;
  }

  toEnd() {
    this.node.scrollTop = this.node.scrollHeight;
  }

  /** Shows messages; the list scrolls to the end when it was there before or the conversation changed. */
  show(messages, { channel, freshFrom = "", jump = false }) {
    const stay = this.follow || jump;
    if (jump) this.list.replaceChildren();
    reconcile(this.list, rows(messages, { freshFrom, inThread: this.inThread }), (item) =>
      item.divider ? divider(item.print, item.divider) : messageRow(item.message, { first: item.first, channel, inThread: this.inThread, fresh: !jump }),
    );
    if (stay) this.toEnd();
  }
}
