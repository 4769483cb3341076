/** Slack's three entities, decoded exactly once. */

const NAMES = { amp: "&", lt: "<", gt: ">" };

/** Returns text with `&amp; &lt; &gt;` decoded once: `&amp;lt;` becomes `&lt;`. */
export function decode(text) {
  return String(text).replace(/&(amp|lt|gt);/g, (_, name) => NAMES[name]);
}

/** Returns a link's address when it is safe to follow, or an empty string. */
export function safeAddress(address) {
  return /^(https?:\/\/|mailto:|tel:)/i.test(address) ? address : "";
}
