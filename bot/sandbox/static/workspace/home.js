/** The app's Home tab: the view the app published for this person. */

import { blocks } from "../blocks/blocks.js";
import { BlockContext } from "../blocks/context.js";
import { FormState } from "../blocks/state.js";
import { get } from "../core/api.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { session } from "../core/session.js";

let state = new FormState();
let print = "";

function empty() {
  return h("div", { class: "home__empty" }, icon("home", 32), h("h3", {}, "Nothing published yet"), h("p", {}, `${session.state.bot.name} has not published a Home for you. It is asked each time you open this tab.`));
}

/** The Home tab's content. */
export class Home {
  constructor() {
    this.body = h("div", { class: "home__body" });
    this.node = h("div", { class: "home", tabindex: 0, role: "region", "aria-label": "Home" }, this.body);
  }

  /** Fetches and shows the view; `quiet` leaves the app untold that Home was opened. */
  async load(quiet = false) {
    if (!quiet) {
      print = "";
      fill(this.body, h("div", { class: "loading", role: "status" }, "Opening Home…"));
    }
    const answer = await get("home", quiet ? { open: 0 } : {});
    const view = answer?.view;
    const next = JSON.stringify(view?.blocks ?? null);
    if (next === print) return;
    print = next;
    if (!view) state = new FormState();
    else state.keepOnly(view.blocks);
    fill(this.body, view ? h("div", { class: "blocks" }, blocks(view.blocks, new BlockContext({ type: "view", view_id: view.id }, state))) : empty());
  }
}
