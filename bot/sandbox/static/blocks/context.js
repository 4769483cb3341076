/** Where a block sits: which message or view its actions come from and which form state its inputs fill. */

import { post } from "../core/api.js";
import { report, toast } from "../core/announce.js";
import { emit } from "../core/session.js";
import { confirmed } from "./buttons.js";
import { FormState } from "./state.js";

/** The surroundings of a rendered element. */
export class BlockContext {
  constructor(container, state = new FormState()) {
    this.container = container;
    this.state = state;
    this.immediate = true;
    this.dispatches = false;
    this.labelText = "";
    this.labelId = "";
    this.describedBy = "";
  }

  /** Returns the context of an element inside an input block: named by its label, silent unless it dispatches. */
  inside(changes) {
    return Object.assign(new BlockContext(this.container, this.state), this, changes);
  }

  /** Sends an action to the app. */
  async act(element, blockId, payload) {
    const action = { type: element.type, action_id: element.action_id, block_id: blockId, ...payload };
    emit("asked", { container: this.container, action });
    try {
      const answer = await post("click", { container: this.container, action, state: { values: this.state.values } });
      if (answer && answer.ok === false) toast(answer.error || "The app did not answer this action.", "bad");
      emit("answered", { container: this.container, answer });
    } catch (error) {
      emit("answered", { container: this.container, error });
      report(error);
    }
  }

  /** Tells the app of a changed choice where Slack would: outside inputs, or in inputs that dispatch. */
  async changed(element, blockId, payload) {
    if (!this.immediate && !this.dispatches) return;
    if (await confirmed(element)) this.act(element, blockId, payload);
  }
}
