/** People as coloured tiles with initials; the app as its mark. */

import { h } from "../core/dom.js";
import { initials } from "../core/format.js";
import { mark } from "../core/icons.js";

function channels(color) {
  const hex = /^#?([0-9a-f]{6})$/i.exec(color || "")?.[1] || "5b4b66";
  return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

function luminance(rgb) {
  const [r, g, b] = rgb.map((value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Returns a decorative avatar; the name is written beside it. */
export function avatar(person, size = 36) {
  const sized = { "--size": `${size}px` };
  if (person?.bot) return h("span", { class: "avatar avatar--bot", style: sized, "aria-hidden": "true" }, mark(size));
  const rgb = channels(person?.color);
  // White reads on anything darker than this luminance, black on anything lighter: one of the two always passes 4.5 to 1.
  const ink = luminance(rgb) > 0.179 ? "#000" : "#fff";
  return h("span", { class: "avatar", style: { ...sized, background: `rgb(${rgb.join(" ")})`, color: ink }, "aria-hidden": "true" }, initials(person?.name));
}
