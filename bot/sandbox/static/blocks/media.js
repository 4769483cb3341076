/** Images, video and files. Pictures from outside are named, not loaded: the sandbox stays offline. */

import { fileAddress } from "../core/api.js";
import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { link } from "../text/mrkdwn.js";
import { plain } from "./text_object.js";

function isLocal(address) {
  if (/^data:image\/(png|jpeg|gif|svg\+xml|webp);/.test(address)) return true;
  try {
    return new URL(address, location.href).origin === location.origin;
  } catch {
    return false;
  }
}

function address(definition) {
  const file = definition.slack_file;
  return definition.image_url || fileAddress({ url: file?.url || (file?.id ? `/files/${file.id}` : "") });
}

/** Returns an image element: the picture when it is local, otherwise its alternative text. */
export function image(definition) {
  const source = address(definition);
  const alt = plain(definition.alt_text) || "Image";
  if (source && isLocal(source)) return h("img", { class: "picture", src: source, alt, loading: "lazy" });
  return h("span", { class: "picture-stub", role: "img", "aria-label": alt, title: source }, icon("image", 18), h("span", {}, alt));
}

/** Returns an image block with its title. */
export function imageBlock(block) {
  const title = plain(block.title);
  return h("figure", { class: "figure" }, title ? h("figcaption", { class: "figure__title" }, title) : null, image(block));
}

/** Returns a video block as a card: title, description, link; nothing is embedded. */
export function videoBlock(block) {
  return h("div", { class: "media-card" },
    h("span", { class: "media-card__icon" }, icon("video", 24)),
    h("div", {},
      h("div", { class: "media-card__title" }, block.title_url ? link(block.title_url, plain(block.title)) : plain(block.title)),
      h("div", { class: "media-card__text" }, plain(block.description) || block.alt_text || "Video"),
      h("div", { class: "media-card__text" }, "Video is not played in the sandbox."),
    ),
  );
}

/** Returns a remote-file block as a card. */
export function fileBlock(block) {
  return h("div", { class: "media-card" },
    h("span", { class: "media-card__icon" }, icon("file", 24)),
    h("div", {}, h("div", { class: "media-card__title" }, block.external_id || block.file_id || "File"), h("div", { class: "media-card__text" }, `${block.source || "remote"} file`)),
  );
}
