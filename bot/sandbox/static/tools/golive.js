/** "Use this in your workspace": the manifest to paste, the settings, the steps. */

import { announce, report } from "../core/announce.js";
import { get } from "../core/api.js";
import { openDialog } from "../core/dialog.js";
import { copyText, h } from "../core/dom.js";
import { icon } from "../core/icons.js";

/** Returns a text block with a copy button. */
export function copyBlock(label, text) {
  const caption = h("span", {}, "Copy");
  const copy = async () => {
    const done = await copyText(text);
    caption.textContent = done ? "Copied" : "Select and copy";
    announce(done ? `${label} copied` : "Copying was refused");
    setTimeout(() => { caption.textContent = "Copy"; }, 2000);
  };
  return h("div", { class: "copy-block" },
    h("div", { class: "copy-block__head" }, h("span", {}, label), h("button", { type: "button", class: "button button--small", "aria-label": `Copy ${label}`, on: { click: copy } }, icon("copy", 14), caption)),
    h("pre", { class: "pre copy-block__text", tabindex: 0, role: "region", "aria-label": label }, text),
  );
}

function settingLines(env) {
  if (typeof env === "string") return env;
  if (Array.isArray(env)) return env.map((one) => (typeof one === "string" ? one : `${one.note ? `# ${one.note}\n` : ""}${one.name}=${one.value ?? ""}`)).join("\n");
  return Object.entries(env || {}).map(([name, value]) => `${name}=${value}`).join("\n");
}

function stepNode(step) {
  if (typeof step === "string") return h("li", {}, step);
  return h("li", {}, h("strong", {}, step.title), step.detail ? h("div", {}, step.detail) : null, step.command ? h("code", { class: "code" }, step.command) : null);
}

function content(golive) {
  const manifest = typeof golive.manifest === "string" ? golive.manifest : JSON.stringify(golive.manifest, null, 2);
  return [
    h("p", { class: "panel__intro" }, "Everything you tried here is the real app. These steps connect it to your own Slack workspace; nothing leaves this machine until you do."),
    golive.steps?.length ? h("ol", { class: "steps" }, golive.steps.map(stepNode)) : null,
    copyBlock("App manifest", manifest),
    copyBlock("Settings (.env)", settingLines(golive.env)),
  ];
}

/** Opens the panel. */
export async function openGoLive() {
  try {
    const golive = await get("golive");
    openDialog({ title: "Use this in your workspace", kind: "dialog--wide", build: () => content(golive) });
  } catch (error) {
    report(error);
  }
}
