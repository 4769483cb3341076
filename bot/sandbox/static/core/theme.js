/** Light, dark, or as the system says; the choice is kept in this browser. */

const KEY = "attain-sandbox-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Returns the theme that is shown now. */
export function theme() {
  return stored() || (system.matches ? "dark" : "light");
}

/** Applies the stored or system theme to the page. */
export function applyTheme() {
  document.documentElement.dataset.theme = theme();
}

/** Switches to the other theme and returns it. */
export function toggleTheme() {
  const next = theme() === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(KEY, next);
  } catch {
    document.documentElement.dataset.theme = next;
    return next;
  }
  applyTheme();
  return next;
}

system.addEventListener("change", applyTheme);
