/** The main area: head, then messages with the message box, or the app's Home or About. */

import { report } from "../core/announce.js";
import { get } from "../core/api.js";
import { fill, find, h } from "../core/dom.js";
import { channelById, emit, on, session, spokenName } from "../core/session.js";
import { about } from "./about.js";
import { Composer } from "./composer.js";
import { Header } from "./header.js";
import { Home } from "./home.js";
import { MessageList } from "./message_list.js";
import { thinkingRow } from "./thinking.js";
import { avatar } from "./avatar.js";

// On a narrow screen focus would bring up the on-screen keyboard over the conversation.
const NARROW = matchMedia("(max-width: 760px)");
const header = new Header();
const home = new Home();
const list = new MessageList({ label: "Messages" });
const composer = new Composer({ id: "composer-field", label: "Message", target: () => ({ channel: session.channel }) });
const prompts = h("div", { class: "prompts", role: "group", "aria-label": "Suggested questions" });
const welcome = h("div", { class: "welcome" });
const outside = h("div", { class: "composer-note" });
const thread = h("div", { class: "conversation" }, list.node, prompts, h("div", { class: "composer-area" }, composer.node, outside), thinkingRow);
const body = h("div", { class: "main__body" });

list.node.insertBefore(welcome, list.list);

function drawPrompts(channel) {
  const given = channel.kind === "app" ? channel.prompts?.length ? channel.prompts : session.state.prompts || [] : [];
  fill(prompts, given.map((prompt) => {
    const text = typeof prompt === "string" ? prompt : prompt.message || prompt.title;
    return h("button", { type: "button", class: "prompt", on: { click: () => composer.send(text) } }, typeof prompt === "string" ? prompt : prompt.title);
  }));
  prompts.hidden = !given.length;
}

function drawWelcome(channel) {
  const name = spokenName(channel);
  const lines = {
    app: `This is the start of your conversation with ${name}. Ask in your own words, or type / for its commands.`,
    im: `This is the start of your direct messages with ${name}.`,
    private: `${name} is a private channel. Only its members see what is said here.`,
    channel: `This is the start of ${name}. Answers to slash commands are visible only to the person who asked.`,
  };
  const picture = channel.kind === "app" || channel.kind === "im"
    ? avatar(channel.kind === "app" ? { bot: true } : session.state.personas.find((one) => one.name === channel.name) || { name: channel.name }, 56)
    : h("span", { class: "welcome__sign", "aria-hidden": "true" }, channel.kind === "private" ? "🔒" : "#");
  fill(welcome, picture, h("h3", { class: "welcome__name" }, name), h("p", { class: "welcome__text" }, lines[channel.kind] || ""));
}

function drawBox(channel) {
  const label = channel.kind === "channel" || channel.kind === "private" ? `Message #${channel.name}` : `Message ${channel.name}`;
  composer.restore(label);
  const outsider = channel.member === false;
  composer.node.hidden = outsider;
  fill(outside, outsider ? `You are not a member of ${spokenName(channel)}, so you can only read it.` : null);
}

async function loadMessages({ jump = false } = {}) {
  const channel = session.channel;
  const unread = jump ? Number(channelById(channel)?.unread) || 0 : 0;
  const answer = await get("messages", { channel });
  if (channel !== session.channel) return;
  session.messages = answer.messages;
  if (jump) session.freshFrom = unread && unread < answer.messages.length ? answer.messages.at(-unread)?.id || "" : "";
  emit("messages", answer.messages);
  list.show(answer.messages, { channel, freshFrom: session.freshFrom, jump });
}

const TAB_BODIES = { home: () => home.node, messages: () => thread, about };

function showTab(channel) {
  const tab = channel.kind === "app" ? session.tab : "messages";
  fill(body, TAB_BODIES[tab]());
  const named = { id: header.panelId, role: channel.kind === "app" ? "tabpanel" : null, "aria-labelledby": channel.kind === "app" ? `tab-${tab}` : null };
  for (const [name, value] of Object.entries(named)) {
    if (value) body.setAttribute(name, value);
    else body.removeAttribute(name);
  }
  return tab;
}

/** Shows a conversation and one of its tabs. */
export async function showConversation({ id, tab = "", focus = false, focusTab = false }) {
  const channel = channelById(id);
  if (!channel) return;
  const main = find("#main");
  if (!main.contains(header.node)) fill(main, header.node, body);
  session.channel = id;
  session.tab = tab || "messages";
  header.draw(channel);
  const shown = showTab(channel);
  if (focusTab) find(`#tab-${session.tab}`)?.focus();
  emit("shown", channel);
  if (shown === "home") return home.load().catch(report);
  if (shown !== "messages") return null;
  drawPrompts(channel);
  drawWelcome(channel);
  drawBox(channel);
  if (focus && !NARROW.matches) composer.field.focus();
  return loadMessages({ jump: true }).catch(report);
}

/** Keeps the open conversation up to date. */
export function startConversation() {
  on("open-channel", showConversation);
  on("reload-messages", () => session.channel && loadMessages().catch(report));
  on("reload-home", () => session.tab === "home" && home.load(true).catch(report));
  on("state", () => {
    const channel = channelById(session.channel);
    if (!channel || !find("#main").contains(header.node)) return;
    header.draw(channel);
    if (session.tab === "messages") drawPrompts(channel);
  });
}
