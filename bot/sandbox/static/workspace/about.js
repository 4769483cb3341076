/** The app's About tab: what it is and which commands it has. */

import { h } from "../core/dom.js";
import { emit, session } from "../core/session.js";
import { avatar } from "./avatar.js";

function command(one) {
  return h("div", { class: "about__command" },
    h("div", {}, h("code", { class: "code" }, one.command), one.usage_hint ? h("span", { class: "about__hint" }, ` ${one.usage_hint}`) : null),
    h("div", { class: "about__detail" }, one.description),
  );
}

/** Returns the tab's content. */
export function about() {
  const { bot, commands, workspace } = session.state;
  return h("div", { class: "home", tabindex: 0, role: "region", "aria-label": "About" },
    h("div", { class: "home__body about" },
      h("div", { class: "about__head" }, avatar({ bot: true }, 64), h("div", {}, h("h3", { class: "about__name" }, bot.name), h("p", {}, "Answers questions about quota, attainment and earnings, with a receipt for every figure."))),
      h("p", {}, `${workspace.name} is simulated: the app, its client and its answers are real, the people and their deals are made up.`),
      h("button", { type: "button", class: "button button--primary", on: { click: () => emit("open-channel", { id: session.channel, tab: "messages", focus: true }) } }, `Send ${bot.name} a message`),
      h("h3", { class: "about__title" }, "Slash commands"),
      commands.map(command),
    ),
  );
}
