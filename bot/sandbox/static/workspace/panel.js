/** The right-hand drawer: a thread, the inspector or the chaos switches; Esc closes it. */

import { report } from "../core/announce.js";
import { get } from "../core/api.js";
import { fill, find, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { channelById, emit, on, session, spokenName } from "../core/session.js";
import { chaosPanel } from "../tools/chaos.js";
import { inspectorPanel } from "../tools/inspector.js";
import { Composer } from "./composer.js";
import { MessageList } from "./message_list.js";

let thread = null;
let opener = null;

function frame(title, detail, body) {
  const panel = find("#panel");
  panel.setAttribute("aria-label", title);
  fill(panel,
    h("header", { class: "panel__head" },
      h("div", {}, h("h2", { class: "panel__title", tabindex: -1 }, title), detail ? h("div", { class: "panel__detail" }, detail) : null),
      h("button", { type: "button", class: "icon-button", "aria-label": `Close ${title}`, on: { click: closePanel } }, icon("close", 20)),
    ),
    body,
  );
  if (panel.hidden) opener = document.activeElement;
  panel.hidden = false;
  document.body.dataset.panel = session.panel;
}

/** Closes the drawer and gives focus back to where it was opened from. */
export function closePanel() {
  const panel = find("#panel");
  if (panel.hidden) return;
  session.panel = "";
  session.thread = "";
  thread = null;
  panel.hidden = true;
  delete document.body.dataset.panel;
  if (opener?.isConnected) opener.focus();
  emit("panel-closed");
}

function openChaos() {
  session.panel = "chaos";
  session.thread = "";
  frame("Chaos switches", "", h("div", { class: "panel__scroll" }, chaosPanel()));
  find(".panel__title").focus();
}

async function openInspector(message) {
  session.panel = "inspector";
  session.thread = "";
  try {
    const content = await inspectorPanel(message);
    frame("Inspector", "What went over the wire", h("div", { class: "panel__scroll" }, content));
    find(".panel__title").focus();
  } catch (error) {
    report(error);
  }
}

async function loadThread() {
  if (!session.thread || !thread) return;
  const { channel, ts } = thread;
  const answer = await get("messages", { channel, thread: ts });
  if (session.thread !== ts) return;
  const parent = session.messages.find((message) => message.ts === ts);
  const messages = parent && !answer.messages.some((message) => message.ts === ts) ? [parent, ...answer.messages] : answer.messages;
  thread.list.show(messages, { channel, jump: thread.fresh });
  thread.fresh = false;
}

async function openThread(ts) {
  const channel = session.channel;
  session.panel = "thread";
  session.thread = ts;
  const list = new MessageList({ label: "Thread messages", inThread: true });
  const composer = new Composer({ label: "Reply…", target: () => ({ channel, thread_ts: ts }), allowCommands: false });
  thread = { ts, channel, list, fresh: true };
  frame("Thread", spokenName(channelById(channel)), h("div", { class: "panel__thread" }, list.node, composer.node));
  await loadThread().catch(report);
  composer.field.focus();
}

/** Keeps the drawer up to date. */
export function startPanel() {
  on("open-thread", openThread);
  on("inspect", openInspector);
  on("toggle-panel", () => (session.panel === "chaos" ? closePanel() : openChaos()));
  on("reload-thread", () => loadThread().catch(report));
  on("open-channel", () => session.panel === "thread" && closePanel());
}
