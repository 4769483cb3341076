/** The bar above the workspace: what makes this a sandbox. Quick switcher, time machine, tools, chaos, go live, theme. */

import { report, toast } from "../core/announce.js";
import { order } from "../core/api.js";
import { fill, find, h } from "../core/dom.js";
import { intl, now } from "../core/format.js";
import { icon } from "../core/icons.js";
import { attachMenu, attachPopover } from "../core/popup.js";
import { emit, on, session } from "../core/session.js";
import { theme, toggleTheme } from "../core/theme.js";
import { timeMachine } from "../tools/clock.js";
import { openGoLive } from "../tools/golive.js";

let parts = null;

async function runTool(tool) {
  const dismiss = toast(`${tool.label}…`);
  try {
    const answer = await order("tool", { id: tool.id });
    toast(answer.message || `${tool.label}: done.`, "good");
  } catch (error) {
    report(error);
  } finally {
    dismiss();
  }
}

async function restart() {
  try {
    await order("reset");
    location.reload();
  } catch (error) {
    report(error);
  }
}

/** Pages beside the workspace, such as the CRM, each in a tab of its own. */
function links() {
  return session.state.links.map((link) => h("a", { class: "topbar__button", href: link.url, target: "_blank", rel: "noopener", "aria-label": `${link.label}: ${link.description}`, title: link.description },
    icon("table", 16), h("span", { class: "topbar__label" }, link.label)));
}

function toolItems() {
  const tools = session.state.tools.map((tool) => ({ label: tool.label, detail: tool.description, icon: icon("play", 16), run: () => runTool(tool) }));
  return [...tools, { label: "Reset the workspace", detail: "Forgets every message; the demo company starts over.", icon: icon("reset", 16), run: restart }];
}

function themeButton() {
  const button = h("button", { type: "button", class: "topbar__button topbar__button--icon", id: "theme-button" });
  const draw = () => {
    const dark = theme() === "dark";
    button.setAttribute("aria-label", dark ? "Use the light theme" : "Use the dark theme");
    button.title = button.getAttribute("aria-label");
    fill(button, icon(dark ? "sun" : "moon", 18));
  };
  button.addEventListener("click", () => { toggleTheme(); draw(); });
  draw();
  return button;
}

function build() {
  const clock = h("button", { type: "button", class: "topbar__button topbar__button--clock", id: "clock-button" });
  const tools = h("button", { type: "button", class: "topbar__button", id: "tools-button", "aria-label": "Tools", title: "Tools" }, icon("tools", 16), h("span", { class: "topbar__label" }, "Tools"));
  const chaos = h("button", { type: "button", class: "topbar__button", id: "chaos-button", on: { click: () => emit("toggle-panel", "chaos") } });
  const live = h("button", { type: "button", class: "topbar__button topbar__button--live", id: "golive-button", "aria-label": "Use this in your workspace", title: "Use this in your workspace", on: { click: openGoLive } }, icon("rocket", 16), h("span", { class: "topbar__label" }, "Use this in your workspace"));
  const search = h("button", { type: "button", class: "topbar__search", id: "search-button", on: { click: () => emit("quick-switch") } },
    icon("search", 16), h("span", { class: "topbar__search-text" }), h("kbd", { class: "kbd" }, "Ctrl K"));
  const menu = h("button", { type: "button", class: "topbar__button topbar__button--icon topbar__menu", "aria-label": "Open the sidebar", on: { click: () => emit("show-sidebar") } }, icon("menu", 20));
  fill(find("#topbar"),
    h("div", { class: "topbar__left" }, menu, h("span", { class: "simulated" }, h("span", { class: "simulated__dot" }), h("span", {}, "Simulated workspace"))),
    search,
    h("div", { class: "topbar__right" }, h("span", { class: "topbar__slot" }, clock), h("span", { class: "topbar__slot" }, tools), ...links(), chaos, live, themeButton()),
  );
  attachPopover(clock, timeMachine, { label: "Time machine", kind: "popover--clock", align: "end" });
  attachMenu(tools, toolItems, { label: "Tools", align: "end" });
  return { clock, chaos, search };
}

function draw() {
  parts ??= build();
  const shown = intl(now(), { weekday: "short", month: "short", day: "numeric", year: "numeric" });
  parts.clock.setAttribute("aria-label", `Time machine: ${shown}`);
  fill(parts.clock, icon("clock", 16), h("span", { class: "topbar__date" }, shown));
  const active = session.state.chaos.filter((one) => one.on).length;
  parts.chaos.classList.toggle("is-alarmed", active > 0);
  parts.chaos.setAttribute("aria-label", active ? `Chaos: ${active} on` : "Chaos switches");
  fill(parts.chaos, icon("bolt", 16), h("span", { class: "topbar__label" }, "Chaos"), active ? h("span", { class: "badge" }, active) : null);
  parts.search.setAttribute("aria-label", `Jump to a conversation or person in ${session.state.workspace.name}`);
  fill(parts.search.querySelector(".topbar__search-text"), `Search ${session.state.workspace.name}`);
}

/** Keeps the bar up to date. */
export function startTopbar() {
  on("state", draw);
}
