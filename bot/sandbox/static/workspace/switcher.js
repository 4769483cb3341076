/** Ctrl+K: jump to a conversation, a person or a tool by typing a few letters. */

import { addressAs } from "../core/api.js";
import { openDialog } from "../core/dialog.js";
import { fill, h, uid } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { emit, on, session, spokenName } from "../core/session.js";
import { openGoLive } from "../tools/golive.js";
import { avatar } from "./avatar.js";

const MOST = 9;
let opened = null;

function conversations() {
  return session.state.channels.map((channel) => ({
    label: spokenName(channel), detail: channel.kind === "app" ? "App" : channel.kind === "im" ? "Direct message" : "Channel",
    picture: () => (channel.kind === "app" ? avatar({ bot: true }, 20) : channel.kind === "im" ? icon("dm", 18) : icon(channel.kind === "private" ? "lock" : "hash", 18)),
    run: () => emit("open-channel", { id: channel.id, focus: true }),
  }));
}

function places() {
  const app = session.state.channels.find((channel) => channel.kind === "app");
  const home = app ? [{ label: `${session.state.bot.name} Home`, detail: "App", picture: () => icon("home", 18), run: () => emit("open-channel", { id: app.id, tab: "home" }) }] : [];
  return [...home,
    { label: "Chaos switches", detail: "Sandbox", picture: () => icon("bolt", 18), run: () => emit("toggle-panel", "chaos") },
    { label: "Use this in your workspace", detail: "Sandbox", picture: () => icon("rocket", 18), run: openGoLive },
  ];
}

function people() {
  return session.state.personas.filter((person) => person.id !== session.state.me.id).map((person) => ({
    label: `Become ${person.name}`, detail: person.title || "Persona", picture: () => avatar(person, 20), run: () => location.assign(addressAs(person.id)),
  }));
}

function search(query) {
  const wanted = query.trim().toLowerCase().replace(/^[#@]/, "");
  return [...conversations(), ...places(), ...people()].filter((item) => item.label.toLowerCase().includes(wanted)).slice(0, MOST);
}

function pickerBody(close) {
  let items = [];
  let active = 0;
  const list = h("div", { class: "jump__list", role: "listbox", id: uid("jump"), "aria-label": "Results" });
  const field = h("input", {
    class: "jump__field", type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": list.id, "aria-autocomplete": "list", "aria-label": "Jump to",
    placeholder: "Jump to a channel, a person, a tool…", autofocus: true, autocomplete: "off",
  });
  const run = (item) => { close(); item.run(); };
  const mark = () => {
    [...list.querySelectorAll("[role=option]")].forEach((row, index) => row.setAttribute("aria-selected", String(index === active)));
    const row = list.querySelector("[aria-selected=true]");
    if (row) field.setAttribute("aria-activedescendant", row.id);
    row?.scrollIntoView({ block: "nearest" });
  };
  const draw = () => {
    items = search(field.value);
    active = 0;
    fill(list, items.length ? items.map((item) => h("div", { class: "jump__item", role: "option", id: uid("jump-item"), on: { click: () => run(item) } }, item.picture(), h("span", { class: "jump__label" }, item.label), h("span", { class: "jump__detail" }, item.detail))) : h("div", { class: "jump__empty" }, "Nothing found"));
    mark();
  };
  field.addEventListener("input", draw);
  field.addEventListener("keydown", (event) => {
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves && items.length) {
      event.preventDefault();
      active = (active + moves[event.key] + items.length) % items.length;
      mark();
    }
    if (event.key === "Enter" && items[active]) { event.preventDefault(); run(items[active]); }
  });
  draw();
  return [field, list];
}

function open() {
  if (opened?.dialog.isConnected) {
    opened.close();
    return;
  }
  opened = openDialog({ title: "Jump to", kind: "dialog--jump", build: pickerBody });
}

/** Opens on request and on Ctrl+K. */
export function startSwitcher() {
  on("quick-switch", open);
}
