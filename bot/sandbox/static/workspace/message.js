/** One message: author, time, private and edited marks, blocks, files, its thread and its hover actions. */

import { blocks } from "../blocks/blocks.js";
import { BlockContext } from "../blocks/context.js";
import { FormState } from "../blocks/state.js";
import { h } from "../core/dom.js";
import { intl, timeOfDay, writtenAt } from "../core/format.js";
import { icon } from "../core/icons.js";
import { emit } from "../core/session.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { avatar } from "./avatar.js";
import { fileCard } from "./files.js";

const SPOKEN_LENGTH = 400;

const states = new Map();

function stateOf(message) {
  if (!states.has(message.id)) states.set(message.id, new FormState());
  return states.get(message.id);
}

function body(message, channel) {
  const context = new BlockContext({ type: "message", channel, message_id: message.id }, stateOf(message));
  if (message.blocks?.length) return h("div", { class: "blocks" }, blocks(message.blocks, context));
  return h("div", { class: "mrkdwn", dir: "auto" }, mrkdwn(message.text));
}

function stamp(message, className) {
  const date = writtenAt(message);
  return h("time", { class: className, datetime: date.toISOString(), title: intl(date, { dateStyle: "full", timeStyle: "medium" }) }, timeOfDay(date));
}

function heading(message) {
  return h("div", { class: "msg__head" },
    h("span", { class: "msg__author" }, message.from.name),
    message.from.bot ? h("span", { class: "app-badge" }, "APP") : null,
    stamp(message, "msg__time"),
  );
}

function replies(message) {
  if (!message.reply_count) return null;
  const label = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
  return h("button", { type: "button", class: "msg__replies", on: { click: () => emit("open-thread", message.thread_ts || message.ts) } },
    icon("thread", 16), h("span", {}, label), h("span", { class: "msg__replies-more" }, "View thread"));
}

function tool(name, label, run) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, on: { click: run } }, icon(name, 18));
}

function tools(message, inThread) {
  return h("div", { class: "msg__tools", role: "group", "aria-label": "Message actions" },
    inThread || message.ephemeral ? null : tool("thread", "Reply in thread", () => emit("open-thread", message.thread_ts || message.ts)),
    tool("inspect", "Inspect", () => emit("inspect", message.id)),
  );
}

function spoken(message, content) {
  const said = content.textContent.replace(/\s+/g, " ").trim().slice(0, SPOKEN_LENGTH);
  return `${message.from.name}${message.from.bot ? ", app" : ""}, ${timeOfDay(writtenAt(message))}${message.ephemeral ? ", only visible to you" : ""}: ${said}`;
}

/** Returns a message's row; `first` begins a run of messages by one author. */
export function messageRow(message, { first, channel, inThread = false, fresh = false }) {
  const classes = ["msg", first ? "msg--first" : "msg--more", message.ephemeral ? "msg--ephemeral" : "", fresh ? "msg--fresh" : ""];
  const content = body(message, channel);
  return h("div", {
    class: classes.filter(Boolean).join(" "), role: "listitem", tabindex: -1, "aria-label": spoken(message, content), dataset: { message: message.id, ts: message.ts },
  },
    message.ephemeral ? h("div", { class: "msg__private" }, icon("eye", 14), "Only visible to you") : null,
    h("div", { class: "msg__gutter" }, first ? avatar(message.from) : stamp(message, "msg__side-time")),
    h("div", { class: "msg__body" },
      first ? heading(message) : null,
      content,
      message.edited ? h("span", { class: "msg__edited" }, "(edited)") : null,
      message.files?.length ? h("div", { class: "files" }, message.files.map(fileCard)) : null,
      inThread ? null : replies(message),
    ),
    h("div", { class: "msg__lane" }, tools(message, inThread)),
  );
}
