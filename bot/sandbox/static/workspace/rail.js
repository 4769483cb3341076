/** The left rail: workspace tile, what the sidebar lists, and at the bottom who you are. */

import { fill, find, h } from "../core/dom.js";
import { initials } from "../core/format.js";
import { icon, mark } from "../core/icons.js";
import { appChannel, emit, on, session } from "../core/session.js";
import { avatar } from "./avatar.js";
import { personaMenu } from "./personas.js";
import { unreadOf } from "./sidebar.js";

function filterButton(id, name, label) {
  const unread = id === "unread" && session.state.channels.some((channel) => unreadOf(channel));
  return h("button", {
    type: "button", class: `rail__item ${session.filter === id ? "is-current" : ""}`, "aria-pressed": String(session.filter === id), dataset: { filter: id },
    on: { click: () => { session.filter = id; emit("filter"); emit("show-sidebar"); } },
  }, h("span", { class: "rail__icon" }, icon(name, 20), unread ? h("span", { class: "rail__dot" }) : null), h("span", { class: "rail__label" }, label));
}

function appButton() {
  const app = appChannel();
  if (!app) return null;
  const current = session.channel === app.id;
  return h("button", {
    type: "button", class: `rail__item ${current ? "is-current" : ""}`, on: { click: () => emit("open-channel", { id: app.id, tab: "home" }) },
  }, h("span", { class: "rail__icon" }, mark(22)), h("span", { class: "rail__label" }, session.state.bot.name));
}

let bottom = null;
let drawnFor = "";

function me() {
  const { me: person } = session.state;
  if (bottom && drawnFor === person.id) return bottom;
  const button = h("button", { type: "button", class: "rail__me", id: "persona-button", "aria-label": `You are ${person.name}. Switch persona`, title: `${person.name} — switch persona` }, avatar(person, 36), h("span", { class: "presence", "aria-hidden": "true" }));
  bottom = h("div", { class: "rail__bottom" }, button);
  drawnFor = person.id;
  personaMenu(button);
  return bottom;
}

function draw() {
  const focused = document.activeElement?.closest?.("#rail [data-filter]")?.dataset.filter;
  fill(find("#rail"),
    h("div", { class: "rail__workspace", title: session.state.workspace.name }, initials(session.state.workspace.name)),
    filterButton("all", "home", "Home"), filterButton("dms", "dm", "DMs"), filterButton("unread", "bell", "Unreads"), appButton(),
    h("span", { class: "rail__space" }),
    me(),
  );
  if (focused) find(`#rail [data-filter="${focused}"]`)?.focus();
}

/** Keeps the rail up to date. */
export function startRail() {
  on("state", draw);
  on("shown", draw);
  on("filter", draw);
}
