/* Language and theme, on both pages. */

import { WORDS } from "./words.js";
import { choose, language, word } from "./speech.js";

const THEMES = ["auto", "light", "dark"];
const CHOSEN = "eqboard-theme"; /* theme.js reads it before anything is painted */

function storedTheme() {
  try {
    return localStorage.getItem(CHOSEN) || "auto";
  } catch {
    return "auto";
  }
}

function setTheme(theme) {
  try {
    localStorage.setItem(CHOSEN, theme);
  } catch {
    /* no storage: it lasts as long as the page */
  }
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function picker(key, options, chosen, set) {
  const select = document.createElement("select");
  select.id = key;
  for (const [value, label, tag] of options) {
    const option = new Option("", value, false, value === chosen);
    if (tag) option.lang = tag;
    if (tag) option.textContent = label;
    else option.dataset.word = label;
    select.append(option);
  }
  select.addEventListener("change", () => set(select.value));
  document.addEventListener("translated", () => select.setAttribute("aria-label", word(key)));
  return select;
}

export function furnish() {
  document.getElementById("settings").append(
    picker("theme", THEMES.map((each) => [each, `theme.${each}`]), storedTheme(), setTheme),
    picker("language", Object.keys(WORDS).map((tag) => [tag, WORDS[tag]["language.name"], tag]), language, choose),
  );
}
