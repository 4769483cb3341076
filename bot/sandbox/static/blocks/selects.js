/** Select elements: static, external, people, conversations and channels; one choice or several. */

import { get } from "../core/api.js";
import { report } from "../core/announce.js";
import { session, spokenName } from "../core/session.js";
import { combobox } from "./combobox.js";
import { valueKey } from "./state.js";
import { plain } from "./text_object.js";

function fromOption(option) {
  return { key: option.value, text: plain(option.text), description: plain(option.description), raw: option };
}

function matching(groups, query) {
  const wanted = query.toLowerCase();
  return groups
    .map((group) => ({ ...group, options: group.options.filter((option) => option.text.toLowerCase().includes(wanted)) }))
    .filter((group) => group.options.length);
}

function staticGroups(element) {
  if (element.option_groups) return element.option_groups.map((group) => ({ label: plain(group.label), options: group.options.map(fromOption) }));
  return [{ label: "", options: (element.options || []).map(fromOption) }];
}

function people() {
  const rows = session.state.personas.map((person) => ({ key: person.id, text: person.name, description: person.title, raw: person.id }));
  return [{ label: "", options: rows }];
}

function conversations(kinds) {
  const rows = session.state.channels.filter((channel) => kinds.includes(channel.kind));
  return [{ label: "", options: rows.map((channel) => ({ key: channel.id, text: spokenName(channel), description: channel.topic, raw: channel.id })) }];
}

function externalLoader(element, blockId) {
  return async (query) => {
    if (query.length < (element.min_query_length ?? 3)) return [];
    try {
      const answer = await get("suggest", { action_id: element.action_id, block_id: blockId, q: query });
      if (answer.option_groups) return staticGroups({ option_groups: answer.option_groups });
      return [{ label: "", options: (answer.options || []).map(fromOption) }];
    } catch (error) {
      report(error);
      return [];
    }
  };
}

function loader(element, blockId) {
  const noun = element.type.replace(/^multi_/, "");
  if (noun === "external_select") return externalLoader(element, blockId);
  const groups = {
    users_select: people,
    conversations_select: () => conversations(["channel", "private", "im", "app"]),
    channels_select: () => conversations(["channel"]),
    static_select: () => staticGroups(element),
  }[noun];
  return async (query) => matching(groups(), query);
}

function asShown(raw) {
  if (typeof raw !== "string") return fromOption(raw);
  const person = session.state.personas.find((one) => one.id === raw);
  const channel = session.state.channels.find((one) => one.id === raw);
  return { key: raw, text: person?.name || spokenName(channel) || raw, raw };
}

/** Returns a select; its choice goes to the form state and, where the container acts at once, to the app. */
export function select(element, context, blockId) {
  const multi = element.type.startsWith("multi_");
  const value = context.state.register(blockId, element);
  const selected = (multi ? value || [] : value ? [value] : []).map(asShown);
  return combobox({
    label: context.labelText || plain(element.placeholder) || "Select",
    labelledBy: context.labelId,
    placeholder: plain(element.placeholder) || (multi ? "Select options" : "Select an option"),
    multi,
    max: element.max_selected_items || 0,
    load: loader(element, blockId),
    selected,
    onChange: (options) => {
      const chosen = multi ? options.map((option) => option.raw) : options[0]?.raw ?? null;
      context.state.set(blockId, element, chosen);
      context.changed(element, blockId, { [valueKey(element.type)]: chosen });
    },
  });
}
