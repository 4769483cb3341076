/** Line icons on a 24 × 24 grid, drawn with the current text colour. */

import { svg } from "./dom.js";

const PATHS = {
  about: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "M12 11v5", "M12 8h.01"],
  arrow_left: ["M19 12H5", "M11 18l-6-6 6-6"],
  bell: ["M6 9a6 6 0 0 1 12 0c0 6 2 7 2 7H4s2-1 2-7", "M10 20a2 2 0 0 0 4 0"],
  bold: ["M7 5h6a3.5 3.5 0 0 1 0 7H7z", "M7 12h7a3.5 3.5 0 0 1 0 7H7z"],
  bolt: ["M13 3L5 14h6l-1 7 8-11h-6z"],
  calendar: ["M5 5h14a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1z", "M4 10h16", "M8 3v4", "M16 3v4"],
  check: ["M5 13l4 4 10-10"],
  chevron: ["M6 9l6 6 6-6"],
  clock: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "M12 7v5l3 3"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  code: ["M9 7l-5 5 5 5", "M15 7l5 5-5 5"],
  copy: ["M9 9h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1z", "M4 15V4a1 1 0 0 1 1-1h10"],
  dm: ["M4 5h16v11H9l-5 4z"],
  download: ["M12 4v11", "M7 11l5 5 5-5", "M5 20h14"],
  external: ["M14 4h6v6", "M20 4l-9 9", "M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5"],
  eye: ["M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12z", "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z"],
  file: ["M6 3h8l5 5v12a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1z", "M14 3v5h5"],
  hash: ["M5 9h15", "M4 15h15", "M10 4L8 20", "M16 4l-2 16"],
  home: ["M4 11l8-7 8 7", "M6 10v10h12V10", "M10 20v-5h4v5"],
  image: ["M4 5h16v14H4z", "M4 16l5-5 4 4 3-3 4 4", "M9 9h.01"],
  inspect: ["M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14z", "M16.5 16.5L21 21", "M9 11h4", "M11 9v4"],
  italic: ["M10 5h8", "M6 19h8", "M14 5l-4 14"],
  link: ["M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1", "M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1"],
  list: ["M9 6h11", "M9 12h11", "M9 18h11", "M4 6h.01", "M4 12h.01", "M4 18h.01"],
  lock: ["M6 11h12v9H6z", "M9 11V8a3 3 0 0 1 6 0v3"],
  menu: ["M4 6h16", "M4 12h16", "M4 18h16"],
  mention: ["M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z", "M16 8v5a2.5 2.5 0 0 0 5 0v-1a9 9 0 1 0-4 7.5"],
  moon: ["M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10z"],
  more: ["M5 12h.01", "M12 12h.01", "M19 12h.01"],
  play: ["M8 5l11 7-11 7z"],
  plus: ["M12 5v14", "M5 12h14"],
  quote: ["M5 5v14", "M10 7h10", "M10 12h10", "M10 17h6"],
  reset: ["M4 5v5h5", "M4.5 10a8 8 0 1 1-.5 4"],
  rocket: ["M13 5c3-2 6-2 7-1 1 1 1 4-1 7l-6 6-6-6z", "M9 9H5l-2 3 4 1", "M15 15v4l-3 2-1-4", "M15.5 8.5h.01"],
  search: ["M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14z", "M16.5 16.5L21 21"],
  send: ["M4 4l17 8-17 8 3-8z", "M7 12h14"],
  slash: ["M15 4L9 20"],
  strike: ["M4 12h16", "M17 7c-1-2-3-3-5-3-3 0-5 1.5-5 4 0 1.5.7 2.5 2 3", "M7 17c1 2 3 3 5 3 3 0 5-1.5 5-4 0-.8-.2-1.4-.5-2"],
  sun: ["M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z", "M12 2v2", "M12 20v2", "M2 12h2", "M20 12h2", "M5 5l1.5 1.5", "M17.5 17.5L19 19", "M5 19l1.5-1.5", "M17.5 6.5L19 5"],
  table: ["M4 5h16v14H4z", "M4 10h16", "M4 15h16", "M10 5v14"],
  thread: ["M4 4h16v10H10l-4 4v-4H4z", "M8 8h8", "M8 11h5"],
  tools: ["M14 6a4 4 0 0 1 5-1l-3 3 1 2 2 1 3-3a5 5 0 0 1-7 5l-8 8-3-3 8-8a4 4 0 0 1 2-4z"],
  user: ["M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8z", "M4 21c0-4 4-6 8-6s8 2 8 6"],
  video: ["M4 6h11v12H4z", "M15 10l5-3v10l-5-3"],
  warning: ["M12 4l9 16H3z", "M12 10v4", "M12 17h.01"],
};

/** Returns a decorative icon; its meaning must be in a label beside it. */
export function icon(name, size = 18) {
  const paths = (PATHS[name] || PATHS.about).map((d) => svg("path", { d }));
  return svg("svg", { class: `icon icon--${name}`, viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true" }, paths);
}

/** Returns the product's mark: rising steps on a tile. */
export function mark(size = 36) {
  return svg(
    "svg",
    { class: "mark", viewBox: "0 0 36 36", width: size, height: size, "aria-hidden": "true" },
    svg("rect", { x: 0, y: 0, width: 36, height: 36, rx: 8, fill: "#0b6b5d" }),
    svg("path", { d: "M8 27V21h5v6z M15.5 27V16h5v11z M23 27V11h5v16z", fill: "#d5f5e8" }),
    svg("path", { d: "M8 15.5L16 9l4 2 7-5", fill: "none", stroke: "#ffd166", "stroke-width": 2.6, "stroke-linecap": "round", "stroke-linejoin": "round" }),
  );
}
