/** The persona switcher: everyone you can be, by group, here or in a second window. */

import { addressAs } from "../core/api.js";
import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { arrowKeys, attachPopover } from "../core/popup.js";
import { session } from "../core/session.js";
import { avatar } from "./avatar.js";

const FILTER_FROM = 8;
const EDGE_NAMES = { guest: "Guest", deactivated: "Deactivated", foreign: "Other organization", unlinked: "Not linked" };

function local(person) {
  try {
    const options = { timeZone: person.tz, hour: "numeric", minute: "2-digit" };
    return new Intl.DateTimeFormat(person.locale || "en-US", options).format(new Date(session.state.now));
  } catch {
    return "";
  }
}

function row(person) {
  const mine = person.id === session.state.me.id;
  const edge = EDGE_NAMES[person.kind];
  return h("div", { class: `persona ${mine ? "is-current" : ""}`, dataset: { name: person.name.toLowerCase() } },
    h("a", { class: "persona__pick", href: addressAs(person.id), "aria-current": mine ? "true" : null, dataset: { persona: person.id } },
      avatar(person, 32),
      h("span", { class: "persona__text" },
        h("span", { class: "persona__name" }, person.name, edge ? h("span", { class: "tag" }, edge) : null),
        h("span", { class: "persona__title" }, [person.title, local(person)].filter(Boolean).join(" · ")),
      ),
      mine ? icon("check", 16) : null,
    ),
    h("a", { class: "icon-button", href: addressAs(person.id), target: "_blank", rel: "noopener", "aria-label": `Open ${person.name} in a second window`, title: "Open in a second window" }, icon("external", 16)),
  );
}

function grouped() {
  const groups = new Map();
  for (const person of session.state.personas) {
    const name = person.group || "People";
    groups.set(name, [...(groups.get(name) || []), person]);
  }
  return [...groups];
}

function filterField(list) {
  const filter = (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    for (const one of list.querySelectorAll(".persona")) one.hidden = !one.dataset.name.includes(wanted);
    for (const group of list.querySelectorAll(".persona-group")) group.hidden = !group.querySelector(".persona:not([hidden])");
  };
  return h("input", { class: "field field--small", type: "search", placeholder: "Find a person", "aria-label": "Find a person", on: { input: filter } });
}

function build() {
  const { me } = session.state;
  const list = h("div", { class: "persona-list" }, grouped().map(([name, people]) =>
    h("div", { class: "persona-group", role: "group", "aria-label": name }, h("div", { class: "persona-group__title", "aria-hidden": "true" }, name), people.map(row)),
  ));
  return [
    h("div", { class: "persona-me" }, avatar(me, 40), h("div", {}, h("div", { class: "persona-me__name" }, me.name), h("div", { class: "persona-me__title" }, [me.title, me.email].filter(Boolean).join(" · ")))),
    h("p", { class: "persona-note" }, "Be somebody else. Each person sees only what Slack would show them."),
    session.state.personas.length > FILTER_FROM ? filterField(list) : null,
    list,
  ];
}

/** Makes a button open the persona switcher. */
export function personaMenu(button) {
  const { surface } = attachPopover(button, build, { label: "Switch persona", kind: "popover--personas", side: "above" });
  arrowKeys(surface, ".persona__pick");
}
