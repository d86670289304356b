/* The panel beside the board, for the one thing in focus: the working of a number (numbers.js), or an agent or a
   telephone (side.js). Whoever takes it fills it; here it is shown and closed, and says what is wrong with it. */

import { isOldNews, remember } from "./outdated.js";

const byId = (id) => document.getElementById(id);

export const panel = byId("panel");
export const body = byId("panel-body");

let owner = null; // whose it is: `left` is called when it is theirs no more, `back` finds what gets the focus then

export function take(next) {
  if (owner && owner !== next) {
    owner.left();
    clear();
  }
  owner = next;
}

export function show() {
  panel.hidden = false;
}

export function close() {
  if (panel.hidden) return;
  panel.hidden = true;
  clear(); // and so it asks no more
  const place = owner?.back();
  owner?.left();
  owner = null;
  place?.focus({ preventScroll: true });
}

function clear() {
  outliveMark();
  body.replaceChildren();
}

/** What becomes of an action is told beside the board when its panel is closed, or the next one is pressed; what went
    well is told no more, nor what was refused before the next press (`isNext`). What only stands in for an answer
    (pressing.js) waits for it. */
export function outliveMark(isNext = false) {
  for (const outcome of byId("panel-mark").querySelectorAll(".outcome")) {
    if (outcome.dataset.state === "asked" && !outcome.hasAttribute("hx-get")) continue;
    remember(outcome);
    outcome.remove();
    if (["confirmed", "done"].includes(outcome.dataset.state) || (isNext && isOldNews(outcome))) continue;
    byId("notices").append(outcome);
    htmx.process(outcome);
  }
}

export function say(text) {
  show();
  const line = byId("panel-trouble") ?? Object.assign(document.createElement("p"), { id: "panel-trouble", className: "error" });
  line.setAttribute("role", "status");
  if (line.textContent !== text) line.textContent = text;
  if (line.parentElement !== body) body.prepend(line);
}

function onKey(event) {
  if (event.key !== "Escape" || panel.hidden || document.querySelector("dialog[open], :popover-open")) return;
  event.stopPropagation();
  close();
}

if (panel) {
  byId("panel-close").addEventListener("click", close);
  document.addEventListener("keydown", onKey, { capture: true });
}
