/** The sidebar: workspace name, channels, direct messages, apps; unread counts. */

import { fill, find, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { emit, on, session } from "../core/session.js";
import { avatar } from "./avatar.js";

const SECTIONS = [
  { id: "channels", title: "Channels", kinds: ["channel", "private"] },
  { id: "dms", title: "Direct messages", kinds: ["im"] },
  { id: "apps", title: "Apps", kinds: ["app"] },
];

const folded = new Set();

/** Returns how many unread messages a conversation shows: none while it is open. */
export function unreadOf(channel) {
  return channel.id === session.channel && !document.hidden ? 0 : Number(channel.unread) || 0;
}

function picture(channel) {
  if (channel.kind === "app") return avatar({ bot: true }, 20);
  if (channel.kind === "im") return avatar(session.state.personas.find((one) => one.name === channel.name) || { name: channel.name }, 20);
  return icon(channel.kind === "private" ? "lock" : "hash", 16);
}

function row(channel) {
  const unread = unreadOf(channel);
  const current = channel.id === session.channel;
  const label = `${channel.name}${channel.kind === "private" ? ", private channel" : ""}${unread ? `, ${unread} unread` : ""}`;
  return h("li", {},
    h("button", {
      type: "button", class: `sidebar__row ${current ? "is-current" : ""} ${unread ? "is-unread" : ""}`, "aria-current": current ? "page" : null,
      "aria-label": label, dataset: { channel: channel.id }, on: { click: () => emit("open-channel", { id: channel.id, focus: true }) },
    },
      h("span", { class: "sidebar__picture" }, picture(channel)),
      h("span", { class: "sidebar__name" }, channel.name),
      unread ? h("span", { class: "badge", "aria-hidden": "true" }, unread > 99 ? "99+" : unread) : null,
    ),
  );
}

function shownIn(section) {
  const all = session.state.channels.filter((channel) => section.kinds.includes(channel.kind));
  return session.filter === "unread" ? all.filter((channel) => unreadOf(channel) || channel.id === session.channel) : all;
}

function toggle(section) {
  if (!folded.delete(section.id)) folded.add(section.id);
  draw();
}

function sectionNode(section) {
  const channels = shownIn(section);
  if (!channels.length) return null;
  const closed = folded.has(section.id);
  const rows = closed ? channels.filter((channel) => unreadOf(channel) || channel.id === session.channel) : channels;
  return h("section", { class: "sidebar__section" },
    h("h2", { class: "sidebar__title" },
      h("button", { type: "button", class: "sidebar__fold", "aria-expanded": String(!closed), on: { click: () => toggle(section) } }, icon("chevron", 14), section.title),
    ),
    h("ul", { class: "sidebar__list" }, rows.map(row)),
  );
}

function sections() {
  const wanted = session.filter === "dms" ? SECTIONS.filter((section) => section.id !== "channels") : SECTIONS;
  return wanted.map(sectionNode).filter(Boolean);
}

function draw() {
  const sidebar = find("#sidebar");
  const focused = document.activeElement?.closest?.("#sidebar .sidebar__row")?.dataset.channel;
  const title = { all: session.state.workspace.name, dms: "Direct messages", unread: "Unreads" }[session.filter];
  const nodes = sections();
  fill(sidebar,
    h("div", { class: "sidebar__head" }, h("h1", { class: "sidebar__workspace" }, title), h("span", { class: "sidebar__simulated" }, "Simulated workspace")),
    h("div", { class: "sidebar__scroll" }, nodes.length ? nodes : h("p", { class: "sidebar__empty" }, "You're all caught up.")),
  );
  if (focused) sidebar.querySelector(`[data-channel="${CSS.escape(focused)}"]`)?.focus();
}

/** Keeps the sidebar up to date. */
export function startSidebar() {
  on("state", draw);
  on("shown", draw);
  on("filter", draw);
}
