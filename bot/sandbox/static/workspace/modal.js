/** Modals: the stack of views the app opened, one shown at a time, with back, input checks and the app's own errors. */

import { blocks } from "../blocks/blocks.js";
import { BlockContext } from "../blocks/context.js";
import { FormState, valueKey } from "../blocks/state.js";
import { plain } from "../blocks/text_object.js";
import { report } from "../core/announce.js";
import { get, order, post } from "../core/api.js";
import { fill, h, uid } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { emit, on, session } from "../core/session.js";
import { avatar } from "./avatar.js";

const forms = new Map();
let dialog = null;
let stack = [];
let opener = null;
let print = "";

function formOf(view) {
  if (!forms.has(view.id)) forms.set(view.id, new FormState());
  return forms.get(view.id);
}

function isEmpty(value) {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);
}

function numberProblem(element, value) {
  const number = Number(value);
  if (Number.isNaN(number)) return "Please enter a number.";
  if (!element.is_decimal_allowed && !Number.isInteger(number)) return "Please enter a whole number.";
  if (element.min_value !== undefined && number < Number(element.min_value)) return `Please enter ${element.min_value} or more.`;
  if (element.max_value !== undefined && number > Number(element.max_value)) return `Please enter ${element.max_value} or less.`;
  return "";
}

function problem(block, value) {
  const { element } = block;
  if (isEmpty(value)) return block.optional ? "" : "Please complete this required field.";
  if (element.type === "number_input") return numberProblem(element, value);
  if (element.min_length && String(value).length < element.min_length) return `Please enter at least ${element.min_length} characters.`;
  return "";
}

function localErrors(view, form) {
  const errors = {};
  for (const block of view.blocks.filter((one) => one.type === "input")) {
    const value = form.values[block.block_id]?.[block.element.action_id]?.[valueKey(block.element.type)];
    const found = problem(block, value);
    if (found) errors[block.block_id] = found;
  }
  return errors;
}

function showErrors(errors) {
  for (const node of dialog.querySelectorAll(".block--input")) {
    const text = errors[node.dataset.block] || "";
    fill(node.querySelector(".input__error"), text ? [icon("warning", 14), text] : null);
    node.classList.toggle("has-error", Boolean(text));
    const control = node.querySelector("input, textarea");
    if (text) control?.setAttribute("aria-invalid", "true");
    else control?.removeAttribute("aria-invalid");
  }
  dialog.querySelector(".has-error input, .has-error textarea")?.focus();
}

async function submit(view, button) {
  const form = formOf(view);
  const errors = localErrors(view, form);
  showErrors(errors);
  if (Object.keys(errors).length || button.disabled) return;
  button.disabled = true;
  button.classList.add("is-busy");
  try {
    const answer = await post("view/submit", { view_id: view.id, values: form.values });
    if (answer?.errors && Object.keys(answer.errors).length) showErrors(answer.errors);
    else if (answer?.ok === false) showFailure(answer.error);
    else await loadViews();
  } catch (error) {
    showFailure(error.message);
  } finally {
    button.disabled = false;
    button.classList.remove("is-busy");
  }
}

function showFailure(text) {
  fill(dialog.querySelector(".modal__failure"), icon("warning", 16), text || "We had some trouble connecting. Try again?");
}

/** Closes a view and everything above it, as Slack does; the first view takes the whole stack with it. */
async function closeView(view) {
  if (!view) return;
  try {
    await order("view/close", { view_id: view.id });
  } catch (error) {
    report(error);
  }
  await loadViews();
}

function closeTop() {
  return closeView(stack.at(-1));
}

function closeAll() {
  return closeView(stack[0]);
}

function footer(view) {
  const closeLabel = plain(view.close) || (view.submit ? "Cancel" : "Close");
  const submitButton = view.submit ? h("button", { type: "submit", class: "button button--primary", disabled: view.submit_disabled || false }, plain(view.submit)) : null;
  return { node: h("footer", { class: "dialog__foot" }, h("button", { type: "button", class: "button", on: { click: closeTop } }, closeLabel), submitButton), submitButton };
}

function box(view) {
  const form = formOf(view);
  form.keepOnly(view.blocks);
  const title = uid("modal-title");
  const foot = footer(view);
  dialog.setAttribute("aria-labelledby", title);
  const deep = stack.length > 1;
  return h("form", {
    class: "dialog__box", novalidate: true,
    on: { submit: (event) => { event.preventDefault(); if (foot.submitButton) submit(view, foot.submitButton); } },
  },
    h("header", { class: "dialog__head" },
      deep ? h("button", { type: "button", class: "icon-button", "aria-label": "Back", on: { click: closeTop } }, icon("arrow_left", 20)) : avatar({ bot: true }, 28),
      h("h2", { class: "dialog__title", id: title }, plain(view.title) || session.state.bot.name),
      h("button", { type: "button", class: "icon-button", "aria-label": "Close", on: { click: closeAll } }, icon("close", 20)),
    ),
    h("div", { class: "dialog__body modal__body", tabindex: -1 },
      h("div", { class: "modal__failure", role: "alert" }),
      h("div", { class: "blocks" }, blocks(view.blocks, new BlockContext({ type: "view", view_id: view.id }, form))),
    ),
    foot.node,
  );
}

function firstField() {
  const field = dialog.querySelector("[autofocus]") || dialog.querySelector(".modal__body input, .modal__body textarea, .modal__body button");
  (field || dialog.querySelector(".modal__body")).focus();
}

function remove() {
  dialog.close();
  dialog.remove();
  dialog = null;
  print = "";
  forms.clear();
  if (opener?.isConnected) opener.focus();
}

function redraw(view) {
  const focusedBlock = dialog.contains(document.activeElement) ? document.activeElement.closest("[data-block]")?.dataset.block : null;
  const same = dialog.dataset.view === view.id;
  dialog.dataset.view = view.id;
  fill(dialog, box(view));
  const again = same && focusedBlock && dialog.querySelector(`[data-block="${CSS.escape(focusedBlock)}"] :is(input, textarea, button)`);
  if (again) again.focus();
  else firstField();
}

function draw() {
  const view = stack.at(-1);
  if (!view) {
    if (dialog) remove();
    return;
  }
  if (!dialog) {
    opener = document.activeElement;
    dialog = h("dialog", { class: "dialog modal" });
    dialog.addEventListener("cancel", (event) => { event.preventDefault(); closeTop(); });
    document.body.append(dialog);
    dialog.showModal();
  }
  const next = JSON.stringify([view.id, view.hash, view.title, view.submit, view.close, view.blocks, stack.length]);
  if (next === print) return;
  print = next;
  redraw(view);
}

async function loadViews() {
  const answer = await get("views");
  stack = answer?.stack || [];
  draw();
  emit("views", stack);
}

/** Follows the stack of views. */
export function startModals() {
  on("reload-views", () => loadViews().catch(report));
}
