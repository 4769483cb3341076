/** The head of a conversation: its name and topic, and for the app the tabs Home, Messages and About. */

import { fill, h, uid } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { emit, personById, session } from "../core/session.js";
import { avatar } from "./avatar.js";

const TABS = [["home", "Home"], ["messages", "Messages"], ["about", "About"]];

function picture(channel) {
  if (channel.kind === "app") return avatar({ bot: true }, 24);
  if (channel.kind === "im") return avatar(session.state.personas.find((one) => one.name === channel.name) || { name: channel.name }, 24);
  return icon(channel.kind === "private" ? "lock" : "hash", 20);
}

function topic(channel) {
  if (channel.kind === "app") return "App in the simulated workspace";
  if (channel.kind !== "im") return channel.topic || "";
  return personById(session.state.personas.find((one) => one.name === channel.name)?.id)?.title || "";
}

function tabKey(event) {
  const moves = { ArrowRight: 1, ArrowLeft: -1 };
  if (!(event.key in moves)) return;
  event.preventDefault();
  const at = TABS.findIndex(([id]) => id === session.tab);
  const [id] = TABS[(at + moves[event.key] + TABS.length) % TABS.length];
  emit("open-channel", { id: session.channel, tab: id, focusTab: true });
}

function tabs(panelId) {
  return h("div", { class: "tabs", role: "tablist", "aria-label": `${session.state.bot.name} tabs`, on: { keydown: tabKey } }, TABS.map(([id, label]) => {
    const chosen = session.tab === id;
    return h("button", {
      type: "button", class: "tabs__tab", role: "tab", id: `tab-${id}`, "aria-selected": String(chosen), "aria-controls": panelId, tabindex: chosen ? 0 : -1,
      on: { click: () => emit("open-channel", { id: session.channel, tab: id, focusTab: true }) },
    }, label);
  }));
}

/** A conversation's head; `draw` shows a channel and the tab that is open. */
export class Header {
  constructor() {
    this.panelId = uid("tabpanel");
    this.node = h("header", { class: "head" });
  }

  draw(channel) {
    const isApp = channel.kind === "app";
    fill(this.node,
      h("div", { class: "head__line" },
        h("h2", { class: "head__name" }, h("span", { class: "head__picture" }, picture(channel)), h("span", { class: "head__text" }, channel.name), isApp ? h("span", { class: "app-badge" }, "APP") : null),
        h("div", { class: "head__topic", title: topic(channel), dir: "auto" }, topic(channel)),
      ),
      isApp ? tabs(this.panelId) : null,
    );
  }
}
