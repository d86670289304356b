/* Finding on the desk: what does not have the words is hidden, and Enter goes to the first that has. */

import { gripOf } from "./hand.js";

const root = document.documentElement;
const all = (selector) => document.querySelectorAll(selector);
export const find = document.getElementById("find");

/** As one finds it: without its accents, and in small letters. */
export const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const ROWS = ":is([data-roving], .tiles, .lines, .plans) > :not([data-gone])";
const rows = () => [...all(`#screen ${ROWS}`)];

export function filter() {
  if (!find || (!find.value && !("filtered" in root.dataset))) return;
  const wanted = fold(find.value).split(/\s+/).filter(Boolean);
  root.toggleAttribute("data-filtered", wanted.length > 0);
  for (const row of rows()) {
    const text = fold(ownWords(row));
    row.hidden = !wanted.every((word) => text.includes(word));
  }
  countFound();
  showAway(wanted.length > 0 && document.querySelector("#away > li:not([hidden])") !== null);
}

/** What is found begins at the top, however far down one looked for it. */
export function onFind() {
  filter();
  if ("filtered" in root.dataset) scrollTo(0, 0);
}

export function countFound() {
  if (!("filtered" in root.dataset)) return;
  for (const part of all("#screen .part")) part.dataset.found = countShown(part);
}

const countShown = (part) => [...part.querySelectorAll(ROWS)].filter(({ hidden }) => !hidden).length;

/** What a row says, without the words on its buttons; of a queue, how it is called. */
function ownWords(row) {
  if (row.matches(".tile, .line, .plan")) return [...row.querySelectorAll(".tile-name, .who, .extension")].map(textOf).join(" ");
  const ours = new Set([...row.querySelectorAll(".hand, .hand *, .mark, .mark *")]);
  const texts = [...row.querySelectorAll("*")].filter((each) => !ours.has(each)).flatMap((each) => [...each.childNodes]);
  return texts.filter((each) => each.nodeType === Node.TEXT_NODE).map((each) => each.data).join(" ");
}

const textOf = (element) => element.textContent;

/** Agents who are signed out come into sight while one of them is found. */
function showAway(isFound) {
  const box = document.getElementById("away-box");
  if (!box) return;
  if (isFound && !box.open) box.dataset.opened = "";
  if (isFound) box.open = true;
  else if ("opened" in box.dataset) box.open = false;
  if (!isFound) delete box.dataset.opened;
}

export function clearFind() {
  find.value = "";
  find.blur();
  filter();
}

export function goToFound(event) {
  event.preventDefault(); // it would press the button that it finds
  const found = rows().filter((row) => find.value && !row.hidden);
  const places = found.map((row) => row.querySelector("[data-hand]") ?? gripOf(row) ?? row.querySelector("button"));
  places.find(Boolean)?.focus();
}
