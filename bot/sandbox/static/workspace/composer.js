/** The message box: formatting, suggestions, Enter to send, Shift+Enter for a new line. */

import { post } from "../core/api.js";
import { fill, h, uid } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { emit, session } from "../core/session.js";
import { Autocomplete, commandHint } from "./autocomplete.js";

const FORMATS = [
  ["bold", "Bold", "*"], ["italic", "Italic", "_"], ["strike", "Strikethrough", "~"], null,
  ["list", "Bulleted list", "• "], ["quote", "Quote", "> "], null, ["code", "Code", "`"],
];

const drafts = new Map();

function surround(field, mark) {
  const { selectionStart: from, selectionEnd: to, value } = field;
  const chosen = value.slice(from, to);
  if (mark.length > 1) {
    const start = value.lastIndexOf("\n", from - 1) + 1;
    field.setRangeText(value.slice(start, to).split("\n").map((line) => mark + line).join("\n"), start, to, "end");
  } else {
    field.setRangeText(mark + chosen + mark, from, to, "end");
    if (!chosen) field.setSelectionRange(from + 1, from + 1);
  }
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

/** One message box; `target()` says where it sends. */
export class Composer {
  constructor({ id, label, target, allowCommands = true }) {
    this.target = target;
    this.allowCommands = allowCommands;
    this.field = h("textarea", { class: "composer__field", id: id || uid("composer"), rows: 1, "aria-label": label, placeholder: label, spellcheck: "true", dir: "auto" });
    this.suggest = new Autocomplete(this.field, { allowCommands });
    this.hint = h("div", { class: "composer__hint", role: "status" });
    this.error = h("div", { class: "composer__error", role: "alert" });
    this.sendButton = h("button", { type: "button", class: "composer__send", "aria-label": "Send", title: "Send (Enter)", disabled: true, on: { click: () => this.send() } }, icon("send", 18));
    this.node = h("div", { class: "composer" }, this.suggest.node, this.error, h("div", { class: "composer__box" }, this.formatBar(), this.field, this.footBar()), this.hint);
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("click", () => this.suggest.refresh());
    this.field.addEventListener("blur", () => this.suggest.close());
    this.field.addEventListener("keydown", (event) => this.key(event));
  }

  formatBar() {
    const buttons = FORMATS.map((format) => format
      ? h("button", { type: "button", class: "icon-button", "aria-label": format[1], title: format[1], on: { click: () => surround(this.field, format[2]) } }, icon(format[0], 17))
      : h("span", { class: "composer__rule", "aria-hidden": "true" }));
    return h("div", { class: "composer__bar composer__bar--format", role: "group", "aria-label": "Formatting" }, buttons);
  }

  footBar() {
    const starter = (character, name, label) => h("button", {
      type: "button", class: "icon-button", "aria-label": label, title: label, on: { click: () => this.begin(character) },
    }, icon(name, 18));
    return h("div", { class: "composer__bar" },
      this.allowCommands ? starter("/", "slash", "Run a slash command") : null,
      starter("@", "mention", "Mention someone"),
      h("span", { class: "composer__space" }),
      this.sendButton,
    );
  }

  begin(character) {
    this.field.focus();
    const lead = character === "/" ? "" : /(^|\s)$/.test(this.field.value) ? this.field.value : `${this.field.value} `;
    this.field.value = lead + character;
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
    this.changed();
  }

  changed() {
    this.grow();
    this.suggest.refresh();
    this.sendButton.disabled = !this.field.value.trim();
    fill(this.error);
    drafts.set(this.draftKey(), this.field.value);
    const command = this.allowCommands ? commandHint(this.field.value) : null;
    fill(this.hint, command ? [h("strong", {}, command.command), ` ${command.usage_hint || ""}`, h("span", { class: "composer__hint-more" }, ` ${command.description || ""}`)] : null);
  }

  draftKey() {
    const { channel, thread_ts: thread = "" } = this.target();
    return `${channel}|${thread}`;
  }

  /** Shows the draft of the conversation that is open now. */
  restore(label) {
    this.field.placeholder = label;
    this.field.setAttribute("aria-label", label);
    this.field.value = drafts.get(this.draftKey()) || "";
    this.changed();
    this.suggest.close();
  }

  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, Math.round(innerHeight * 0.4))}px`;
  }

  key(event) {
    if (event.isComposing || this.suggest.key(event)) return;
    const formats = { b: "*", i: "_" };
    if ((event.ctrlKey || event.metaKey) && formats[event.key]) {
      event.preventDefault();
      surround(this.field, formats[event.key]);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    }
  }

  /** Sends what is typed, or a given text such as a suggested prompt. */
  async send(given = null) {
    const typed = given ?? this.field.value;
    if (!typed.trim() || this.busy) return;
    if (!this.allowCommands && typed.startsWith("/")) {
      fill(this.error, `${typed.split(/\s/)[0]} is not supported in threads. Sorry!`);
      return;
    }
    this.busy = true;
    if (given === null) this.clear();
    emit("sending", { ...this.target(), command: typed.startsWith("/") });
    try {
      const answer = await post("send", { ...this.target(), text: typed });
      if (answer?.ok === false) this.refused(answer.error || "This message was not sent.", typed);
    } catch (error) {
      this.refused(error.message, typed);
    } finally {
      this.busy = false;
      emit("sent", this.target());
    }
  }

  /** Says why a message was not sent and gives its text back. */
  refused(message, typed) {
    emit("waiting-over", this.target().channel);
    if (!this.field.value) {
      this.field.value = typed;
      this.changed();
    }
    fill(this.error, message);
  }

  clear() {
    this.field.value = "";
    this.changed();
    this.field.focus();
  }
}
