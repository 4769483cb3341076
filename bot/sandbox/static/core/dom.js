/** Element builders. Text always becomes a text node; nothing here parses HTML. */

const SVG = "http://www.w3.org/2000/svg";

/** Appends children to a node: strings and numbers as text, arrays flattened, null and false skipped. */
export function append(node, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

function assign(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "class") node.setAttribute("class", value);
  else if (name === "dataset") Object.assign(node.dataset, value);
  else if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  else if (name === "style") for (const [property, set] of Object.entries(value)) node.style.setProperty(property, set);
  else if (name === "value" || name === "checked" || name === "disabled") node[name] = value;
  else node.setAttribute(name, value === true ? "" : String(value));
}

/** Builds an element: `h("button", {class: "x", on: {click}}, "Save")`. */
export function h(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) assign(node, name, value);
  return append(node, ...children);
}

/** Builds an SVG element with plain attributes. */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return append(node, ...children);
}

/** Replaces everything inside a node. */
export function fill(node, ...children) {
  node.replaceChildren();
  return append(node, ...children);
}

/** Keeps rendered children whose key and fingerprint did not change, so focus and typed text survive a refetch. */
export function reconcile(parent, items, render) {
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  let cursor = parent.firstChild;
  for (const item of items) {
    const known = old.get(item.key);
    let node = known;
    if (!known || known.dataset.print !== item.print) {
      node = render(item);
      node.dataset.key = item.key;
      node.dataset.print = item.print;
      if (known) {
        if (cursor === known) cursor = known.nextSibling;
        known.remove();
      }
    }
    old.delete(item.key);
    if (node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(node, cursor);
  }
  for (const gone of old.values()) gone.remove();
}

let serial = 0;

/** Returns an id that is unique on the page. */
export function uid(prefix = "u") {
  serial += 1;
  return `${prefix}-${serial}`;
}

/** Finds one element by selector. */
export function find(selector, root = document) {
  return root.querySelector(selector);
}

/** Copies text to the clipboard; falls back to a selection where the clipboard is refused. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = h("textarea", { class: "visually-hidden", value: text, "aria-hidden": "true" });
    (document.querySelector("dialog[open]") || document.body).append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
