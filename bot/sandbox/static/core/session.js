/** What this window shows now, and the signal that tells its parts to redraw. */

export const session = {
  state: null,
  channel: "",
  tab: "messages",
  thread: "",
  panel: "",
  filter: "all",
  messages: [],
  freshFrom: "",
  waiting: new Map(),
};

const bus = new EventTarget();

/** Calls `listener` with the detail whenever `name` is emitted. */
export function on(name, listener) {
  bus.addEventListener(name, (event) => listener(event.detail));
}

/** Tells every listener of `name`. */
export function emit(name, detail = null) {
  bus.dispatchEvent(new CustomEvent(name, { detail }));
}

/** Returns the conversation with this id, or null. */
export function channelById(id) {
  return session.state?.channels.find((channel) => channel.id === id) || null;
}

/** Returns the conversation with the app, or null. */
export function appChannel() {
  return session.state?.channels.find((channel) => channel.kind === "app") || null;
}

/** Returns the person (or the bot) with this id, or null. */
export function personById(id) {
  if (!session.state) return null;
  if (session.state.bot?.id === id) return { ...session.state.bot, bot: true };
  return session.state.personas.find((person) => person.id === id) || null;
}

/** Returns the name of a conversation as people say it: `#deals`, `Dana Reyes`, `Attain`. */
export function spokenName(channel) {
  if (!channel) return "";
  return channel.kind === "channel" || channel.kind === "private" ? `#${channel.name}` : channel.name;
}
