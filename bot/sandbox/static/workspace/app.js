/** Starts the page: loads the state, opens the stream, and turns every event into the refetch it asks for. */

import { announce, report, toast } from "../core/announce.js";
import { get, identity } from "../core/api.js";
import { fill, find, h } from "../core/dom.js";
import { appChannel, channelById, emit, on, session, spokenName } from "../core/session.js";
import { connect } from "../core/stream.js";
import { applyTheme } from "../core/theme.js";
import { showConversation, startConversation } from "./conversation.js";
import { startModals } from "./modal.js";
import { closePanel, startPanel } from "./panel.js";
import { startRail } from "./rail.js";
import { startSidebar, unreadOf } from "./sidebar.js";
import { startSwitcher } from "./switcher.js";
import { startThinking } from "./thinking.js";
import { startTopbar } from "./topbar.js";

const SETTLE_MS = 40;
const pending = new Map();

/** Runs a refetch once for a burst of events. */
function soon(name, run) {
  if (pending.has(name)) return;
  pending.set(name, setTimeout(() => { pending.delete(name); run(); }, SETTLE_MS));
}

async function loadState() {
  const state = await get("state");
  session.state = state;
  if (!identity.as) {
    identity.as = state.me.id;
    history.replaceState(null, "", `/?as=${encodeURIComponent(identity.as)}${location.hash}`);
  }
  emit("state", state);
  drawTitle();
}

function drawTitle() {
  const unread = session.state.channels.reduce((sum, channel) => sum + unreadOf(channel), 0);
  const where = spokenName(channelById(session.channel)) || session.state.workspace.name;
  document.title = `${unread ? `(${unread}) ` : ""}${where} · ${session.state.me.name} · Simulated workspace`;
}

function refreshState() {
  soon("state", () => loadState().catch(report));
}

function refreshMessages(event) {
  if (!event.channel || event.channel === session.channel) soon("messages", () => emit("reload-messages"));
  soon("thread", () => emit("reload-thread"));
}

function spoken(event) {
  const channel = channelById(event.channel);
  return `${event.type === "ephemeral" ? "Private answer" : "New message"} in ${spokenName(channel) || "this conversation"}`;
}

const REACTIONS = {
  message: (event) => { refreshMessages(event); refreshState(); announce(spoken(event)); },
  ephemeral: (event) => { refreshMessages(event); refreshState(); announce(spoken(event)); },
  update: refreshMessages,
  delete: refreshMessages,
  view: () => soon("views", () => emit("reload-views")),
  home: () => soon("home", () => emit("reload-home")),
  state: refreshState,
  toast: (event) => event.text && toast(event.text),
};

function everything() {
  refreshState();
  soon("messages", () => emit("reload-messages"));
  soon("thread", () => emit("reload-thread"));
  soon("views", () => emit("reload-views"));
  soon("home", () => emit("reload-home"));
}

function drawConnection({ connected, recovered, retryInMs }) {
  const banner = find("#banner");
  banner.hidden = connected;
  if (connected) {
    if (recovered) { toast("Connected again.", "good"); everything(); }
    return;
  }
  fill(banner, h("span", {}, `Connection to the sandbox lost. Trying again in ${Math.round(retryInMs / 1000)} s…`),
    h("button", { type: "button", class: "banner__button", on: { click: connect } }, "Try now"));
}

function showSidebar(open) {
  document.body.classList.toggle("has-drawer", open);
  find("#scrim").hidden = !open;
  if (open) find("#sidebar .sidebar__row")?.focus();
}

function remember(channel) {
  const tab = channel.kind === "app" && session.tab !== "messages" ? `/${session.tab}` : "";
  history.replaceState(null, "", `${location.pathname}${location.search}#${channel.id}${tab}`);
  showSidebar(false);
  drawTitle();
}

function firstPlace() {
  const [id, tab] = location.hash.slice(1).split("/");
  if (channelById(id)) return { id, tab };
  const fallback = appChannel() || session.state.channels[0];
  return fallback ? { id: fallback.id } : null;
}

const TYPABLE = "input, textarea, select, [contenteditable], dialog *, [popover] *, [role=tab]";

/** Typing anywhere writes into the message box, as people expect of a chat. */
function typesIntoBox(event) {
  return event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest(TYPABLE);
}

function keys(event) {
  if (typesIntoBox(event)) find("#composer-field")?.focus();
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    emit("quick-switch");
  } else if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open], :popover-open")) {
    if (document.body.classList.contains("has-drawer")) showSidebar(false);
    else closePanel();
  }
}

function startParts() {
  for (const start of [startTopbar, startRail, startSidebar, startConversation, startPanel, startModals, startSwitcher, startThinking]) start();
  on("event", (event) => REACTIONS[event.type]?.(event));
  on("connection", drawConnection);
  on("shown", remember);
  on("show-sidebar", () => showSidebar(true));
  on("refresh", everything);
  on("sent", () => soon("messages", () => emit("reload-messages")));
  document.addEventListener("keydown", keys);
  document.addEventListener("visibilitychange", () => session.state && emit("shown", channelById(session.channel)));
  find("#scrim").addEventListener("click", () => showSidebar(false));
}

async function start() {
  applyTheme();
  startParts();
  try {
    await loadState();
  } catch (error) {
    fill(find("#main"), h("div", { class: "loading", role: "alert" }, error.message));
    return;
  }
  connect();
  const place = firstPlace();
  if (place) await showConversation({ ...place, focus: true });
  emit("reload-views");
  document.body.dataset.ready = "true";
}

start();
