/** A filterable select for one or several options, following the ARIA combobox pattern. */

import { fill, h, uid } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { place } from "../core/popup.js";

class Combobox {
  constructor({ label, placeholder, multi = false, max = 0, load, selected = [], onChange, labelledBy = "" }) {
    Object.assign(this, { label, placeholder, multi, max, load, onChange });
    this.selected = [...selected];
    this.shown = [];
    this.active = -1;
    this.typed = false;
    this.list = h("div", { class: "combo__list", role: "listbox", id: uid("listbox"), popover: "manual", "aria-label": label || placeholder });
    if (multi) this.list.setAttribute("aria-multiselectable", "true");
    this.input = h("input", {
      class: "combo__input", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", placeholder,
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id,
      ...(labelledBy ? { "aria-labelledby": labelledBy } : { "aria-label": label || placeholder }),
      on: {
        click: () => this.open(), input: () => { this.typed = true; this.open(); }, blur: () => this.left(),
        keydown: (event) => this.key(event),
      },
    });
    this.chips = h("span", { class: "combo__chips" });
    this.root = h("div", { class: `combo ${multi ? "combo--multi" : ""}` }, this.chips, this.input, h("span", { class: "combo__arrow" }, icon("chevron", 16)), this.list);
    this.draw();
  }

  draw() {
    if (!this.multi) {
      this.input.value = this.selected[0]?.text || "";
      return;
    }
    this.input.value = "";
    this.input.placeholder = this.selected.length ? "" : this.placeholder;
    fill(this.chips, this.selected.map((option) =>
      h("button", { type: "button", class: "chip", "aria-label": `Remove ${option.text}`, on: { click: () => this.remove(option) } }, option.text, icon("close", 12)),
    ));
  }

  async open() {
    const query = this.typed ? this.input.value.trim() : "";
    const groups = await this.load(query);
    if (document.activeElement !== this.input) return;
    this.shown = groups.flatMap((group) => group.options);
    this.active = Math.max(0, this.shown.findIndex((option) => this.has(option)));
    fill(this.list, this.shown.length ? groups.map((group) => this.group(group)) : h("div", { class: "combo__empty" }, "No matches"));
    if (!this.list.matches(":popover-open")) this.list.showPopover();
    place(this.list, this.root, { match: true });
    this.input.setAttribute("aria-expanded", "true");
    this.mark();
  }

  group(group) {
    const rows = group.options.map((option) => this.row(option));
    if (!group.label) return rows;
    return h("div", { role: "group", "aria-label": group.label }, h("div", { class: "combo__group", "aria-hidden": "true" }, group.label), rows);
  }

  row(option) {
    option.id = uid("option");
    return h("div", {
      class: "combo__option", role: "option", id: option.id, "aria-selected": String(this.has(option)),
      on: { mousedown: (event) => { event.preventDefault(); this.pick(option); } },
    },
      h("span", { class: "combo__text" }, option.text, option.description ? h("span", { class: "combo__description" }, option.description) : null),
      this.has(option) ? icon("check", 16) : null,
    );
  }

  has(option) {
    return this.selected.some((chosen) => chosen.key === option.key);
  }

  mark() {
    for (const row of this.list.querySelectorAll("[role=option]")) row.classList.toggle("is-active", row.id === this.shown[this.active]?.id);
    const active = this.shown[this.active];
    if (active) this.input.setAttribute("aria-activedescendant", active.id);
    else this.input.removeAttribute("aria-activedescendant");
    this.list.querySelector(".is-active")?.scrollIntoView({ block: "nearest" });
  }

  move(by) {
    if (!this.shown.length) return;
    this.active = (this.active + by + this.shown.length) % this.shown.length;
    this.mark();
  }

  key(event) {
    const open = this.list.matches(":popover-open");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (open) this.move(event.key === "ArrowDown" ? 1 : -1);
      else this.open();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (open && this.shown[this.active]) this.pick(this.shown[this.active]);
      else this.open();
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Backspace" && this.multi && !this.input.value && this.selected.length) {
      this.remove(this.selected.at(-1));
    }
  }

  pick(option) {
    this.typed = false;
    if (!this.multi) {
      this.selected = [option];
      this.close();
    } else if (this.has(option)) {
      this.selected = this.selected.filter((chosen) => chosen.key !== option.key);
    } else if (!this.max || this.selected.length < this.max) {
      this.selected.push(option);
    }
    this.draw();
    if (this.multi) this.open();
    this.onChange(this.selected);
  }

  remove(option) {
    this.selected = this.selected.filter((chosen) => chosen.key !== option.key);
    this.draw();
    this.onChange(this.selected);
    this.input.focus();
  }

  left() {
    this.typed = false;
    this.close();
    this.draw();
  }

  close() {
    if (this.list.matches(":popover-open")) this.list.hidePopover();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

/** Returns the root node of a new combobox; `load(query)` resolves to `[{label, options: [{key, text, description}]}]`. */
export function combobox(settings) {
  return new Combobox(settings).root;
}
