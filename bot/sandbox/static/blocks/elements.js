/** Draws one interactive element; a kind this page does not know is drawn as readable text. */

import { button, overflow } from "./buttons.js";
import { checkboxes, numberInput, picker, radioButtons, textInput } from "./inputs.js";
import { image } from "./media.js";
import { fallback } from "./fallback.js";
import { select } from "./selects.js";

const KINDS = {
  button, workflow_button: button, overflow, checkboxes, image,
  radio_buttons: radioButtons, number_input: numberInput,
  plain_text_input: textInput, url_text_input: textInput, email_text_input: textInput,
  datepicker: picker, timepicker: picker, datetimepicker: picker,
};

/** Returns the node of an element. */
export function element(definition, context, blockId) {
  const draw = KINDS[definition.type] || (/_select$/.test(definition.type) ? select : null);
  return draw ? draw(definition, context, blockId) : fallback(definition);
}
