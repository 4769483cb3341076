/** Text, number, date, time, radio and checkbox elements. */

import { h, uid } from "../core/dom.js";
import { valueKey } from "./state.js";
import { plain, textNode } from "./text_object.js";

const TYPING_PAUSE_MS = 500;

function naming(context, element) {
  if (context.labelId) return { "aria-labelledby": context.labelId, "aria-describedby": context.describedBy || null };
  return { "aria-label": context.labelText || plain(element.placeholder) || element.type.replaceAll("_", " ") };
}

function keep(element, context, blockId) {
  return (value) => context.state.set(blockId, element, value === "" ? null : value);
}

function typingActions(element, context, blockId) {
  const wanted = element.dispatch_action_config?.trigger_actions_on || (context.dispatches ? ["on_enter_pressed"] : []);
  let timer = 0;
  const send = (value) => context.changed(element, blockId, { value });
  return {
    input(event) {
      if (!wanted.includes("on_character_entered")) return;
      clearTimeout(timer);
      timer = setTimeout(() => send(event.target.value), TYPING_PAUSE_MS);
    },
    keydown(event) {
      if (event.key !== "Enter" || event.shiftKey || !wanted.includes("on_enter_pressed")) return;
      event.preventDefault();
      send(event.target.value);
    },
  };
}

/** Returns a text field or, with `multiline`, a text area. */
export function textInput(element, context, blockId) {
  const value = context.state.register(blockId, element);
  const store = keep(element, context, blockId);
  const acts = typingActions(element, context, blockId);
  const type = { url_text_input: "url", email_text_input: "email" }[element.type] || "text";
  const properties = {
    class: "field", placeholder: plain(element.placeholder), value: value || "", maxlength: element.max_length || 3000, dir: "auto",
    autofocus: element.focus_on_load || null, ...naming(context, element),
    on: { input: (event) => { store(event.target.value); acts.input(event); }, keydown: acts.keydown },
  };
  return element.multiline ? h("textarea", { rows: 4, ...properties }) : h("input", { type, ...properties });
}

/** Returns a number field; the value is kept as the typed text, as Slack sends it. */
export function numberInput(element, context, blockId) {
  const value = context.state.register(blockId, element);
  const store = keep(element, context, blockId);
  return h("input", {
    class: "field field--number", type: "text", inputmode: element.is_decimal_allowed ? "decimal" : "numeric", placeholder: plain(element.placeholder),
    value: value || "", ...naming(context, element), on: { input: (event) => store(event.target.value.trim()) },
  });
}

/** Returns a date, time or date-and-time field. */
export function picker(element, context, blockId) {
  const type = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" }[element.type];
  const value = context.state.register(blockId, element);
  const shown = type === "datetime-local" && value ? new Date(value * 1000).toISOString().slice(0, 16) : value || "";
  const change = (event) => {
    const text = event.target.value;
    const chosen = type === "datetime-local" && text ? Math.floor(Date.parse(`${text}Z`) / 1000) : text || null;
    context.state.set(blockId, element, chosen);
    context.changed(element, blockId, { [valueKey(element.type)]: chosen });
  };
  return h("input", { class: "field field--picker", type, value: shown, ...naming(context, element), on: { change } });
}

function optionRow(kind, option, { name, checked, change }) {
  const id = uid("choice");
  return h("label", { class: "choice", for: id },
    h("input", { type: kind, id, name, checked, value: option.value, on: { change } }),
    h("span", { class: "choice__text" }, textNode(option.text), option.description ? h("span", { class: "choice__detail" }, textNode(option.description)) : null),
  );
}

/** Returns a group of radio buttons. */
export function radioButtons(element, context, blockId) {
  const chosen = context.state.register(blockId, element);
  const name = uid("radio");
  const rows = element.options.map((option) => optionRow("radio", option, {
    name, checked: chosen?.value === option.value,
    change: () => {
      context.state.set(blockId, element, option);
      context.changed(element, blockId, { selected_option: option });
    },
  }));
  return h("div", { class: "choices", role: "radiogroup", ...naming(context, element) }, rows);
}

/** Returns a group of checkboxes. */
export function checkboxes(element, context, blockId) {
  let chosen = context.state.register(blockId, element) || [];
  const rows = element.options.map((option) => optionRow("checkbox", option, {
    checked: chosen.some((one) => one.value === option.value),
    change: (event) => {
      chosen = element.options.filter((one) => (one === option ? event.target.checked : chosen.some((kept) => kept.value === one.value)));
      context.state.set(blockId, element, chosen);
      context.changed(element, blockId, { selected_options: chosen });
    },
  }));
  return h("div", { class: "choices", role: "group", ...naming(context, element) }, rows);
}
