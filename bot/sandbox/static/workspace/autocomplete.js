/** Suggestions over the message box: slash commands with their hints, people after `@`, channels after `#`. */

import { fill, h, uid } from "../core/dom.js";
import { icon, mark } from "../core/icons.js";
import { session } from "../core/session.js";
import { avatar } from "./avatar.js";

const MOST = 8;

function score(text, query) {
  const at = text.toLowerCase().indexOf(query);
  return at < 0 ? -1 : at === 0 ? 2 : 1;
}

function best(items, query, textOf) {
  return items
    .map((item) => ({ item, rank: score(textOf(item), query) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => b.rank - a.rank)
    .slice(0, MOST)
    .map(({ item }) => item);
}

function commands(text) {
  const typed = /^\/(\S*)$/.exec(text);
  if (!typed) return null;
  const found = best(session.state.commands, typed[1].toLowerCase(), (one) => one.command.slice(1));
  const items = found.map((one) => ({
    insert: `${one.command} `, from: 0, exact: text === one.command,
    node: [
      mark(28),
      h("span", { class: "suggest__text" },
        h("span", { class: "suggest__title" }, h("strong", {}, one.command), one.usage_hint ? h("span", { class: "suggest__hint" }, ` ${one.usage_hint}`) : null),
        h("span", { class: "suggest__detail" }, one.description),
      ),
      h("span", { class: "suggest__source" }, session.state.bot?.name || "App"),
    ],
  }));
  return { title: "Commands", items };
}

function people(text) {
  const typed = /(^|\s)@([\p{L}\p{N}._' -]{0,30})$/u.exec(text);
  if (!typed) return null;
  const everyone = [{ ...session.state.bot, bot: true, title: "App" }, ...session.state.personas].filter((person) => person.id);
  const items = best(everyone, typed[2].toLowerCase(), (person) => person.name).map((person) => ({
    insert: `@${person.name} `, from: text.length - typed[2].length - 1,
    node: [avatar(person, 24), h("span", { class: "suggest__text" }, h("span", { class: "suggest__title" }, h("strong", {}, person.name), h("span", { class: "suggest__hint" }, ` ${person.title || ""}`)))],
  }));
  return { title: "People", items };
}

function channels(text) {
  const typed = /(^|\s)#([\p{L}\p{N}_-]{0,30})$/u.exec(text);
  if (!typed) return null;
  const known = session.state.channels.filter((channel) => channel.kind === "channel" || channel.kind === "private");
  const items = best(known, typed[2].toLowerCase(), (channel) => channel.name).map((channel) => ({
    insert: `#${channel.name} `, from: text.length - typed[2].length - 1,
    node: [icon(channel.kind === "private" ? "lock" : "hash", 18), h("span", { class: "suggest__text" }, h("strong", {}, channel.name))],
  }));
  return { title: "Channels", items };
}

/** The suggestion list of one message box. */
export class Autocomplete {
  constructor(field, { allowCommands }) {
    this.field = field;
    this.sources = allowCommands ? [commands, people, channels] : [people, channels];
    this.items = [];
    this.active = 0;
    this.node = h("div", { class: "suggest", role: "listbox", id: uid("suggest"), "aria-label": "Suggestions", hidden: true });
    field.setAttribute("aria-controls", this.node.id);
    field.setAttribute("aria-autocomplete", "list");
  }

  get open() {
    return !this.node.hidden;
  }

  /** Recomputes the suggestions for what stands before the caret. */
  refresh() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const found = this.sources.map((source) => source(before)).find((result) => result?.items.length);
    this.items = found ? found.items : [];
    this.active = 0;
    if (!found) return this.close();
    const rows = this.items.map((item, index) => h("div", {
      class: "suggest__item", role: "option", id: uid("suggestion"), "aria-selected": String(index === 0),
      on: { mousedown: (event) => { event.preventDefault(); this.accept(index); }, mousemove: () => this.select(index) },
    }, item.node));
    fill(this.node, h("div", { class: "suggest__head", "aria-hidden": "true" }, h("span", {}, found.title), h("span", {}, "↑ ↓ to choose, Tab or Enter to take, Esc to close")), rows);
    this.node.hidden = false;
    return this.select(0);
  }

  select(index) {
    this.active = index;
    const rows = [...this.node.querySelectorAll("[role=option]")];
    rows.forEach((row, at) => row.setAttribute("aria-selected", String(at === index)));
    this.field.setAttribute("aria-activedescendant", rows[index].id);
    rows[index].scrollIntoView({ block: "nearest" });
  }

  accept(index = this.active) {
    const item = this.items[index];
    const after = this.field.value.slice(this.field.selectionStart);
    const before = this.field.value.slice(0, item.from) + item.insert;
    this.field.value = before + after.replace(/^ /, "");
    this.field.setSelectionRange(before.length, before.length);
    this.close();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.field.focus();
  }

  close() {
    this.node.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }

  /** Handles a key while open; true when it was used up. A fully typed command lets Enter send. */
  key(event) {
    if (!this.open) return false;
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) this.select((this.active + moves[event.key] + this.items.length) % this.items.length);
    else if (event.key === "Tab" && !event.shiftKey) this.accept();
    else if (event.key === "Enter" && !event.shiftKey && !this.items[this.active].exact) this.accept();
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}

/** Returns the hint of the command being typed, such as `/myquota [period] [@person]`, or null. */
export function commandHint(text) {
  const typed = /^(\/\S+)\s/.exec(text);
  return typed ? session.state.commands.find((one) => one.command === typed[1]) || null : null;
}
