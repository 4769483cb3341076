/** What the inputs of one message or view hold, in the shape of Slack's `state.values`. */

const SELECTED = {
  static_select: "selected_option", external_select: "selected_option", radio_buttons: "selected_option",
  users_select: "selected_user", conversations_select: "selected_conversation", channels_select: "selected_channel",
  multi_static_select: "selected_options", multi_external_select: "selected_options", checkboxes: "selected_options",
  multi_users_select: "selected_users", multi_conversations_select: "selected_conversations", multi_channels_select: "selected_channels",
  datepicker: "selected_date", timepicker: "selected_time", datetimepicker: "selected_date_time",
};

/** Returns the key an element's choice has in state and in an action. */
export function valueKey(type) {
  return SELECTED[type] || "value";
}

function initial(element) {
  const key = valueKey(element.type);
  const name = key.replace(/^selected/, "initial");
  const given = element[key === "value" ? "initial_value" : name];
  if (given !== undefined) return given;
  return key.endsWith("s") ? [] : null;
}

/** The values of one container; kept while its view is updated, as Slack does for unchanged ids. */
export class FormState {
  constructor() {
    this.values = {};
  }

  /** Registers an element with its initial value, unless the person has already touched it. */
  register(blockId, element) {
    const block = (this.values[blockId] ??= {});
    block[element.action_id] ??= { type: element.type, [valueKey(element.type)]: initial(element) };
    return this.get(blockId, element);
  }

  /** Returns the present value of an element. */
  get(blockId, element) {
    return this.values[blockId]?.[element.action_id]?.[valueKey(element.type)] ?? null;
  }

  /** Stores a value. */
  set(blockId, element, value) {
    const block = (this.values[blockId] ??= {});
    block[element.action_id] = { type: element.type, [valueKey(element.type)]: value };
  }

  /** Forgets blocks that a new version of the view no longer has. */
  keepOnly(blocks) {
    const present = new Set(blocks.map((block, index) => block.block_id || `block-${index}`));
    for (const blockId of Object.keys(this.values)) if (!present.has(blockId)) delete this.values[blockId];
  }
}
