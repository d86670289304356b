/* The keyboard on the desk: which key does what. Keys of one letter can be switched off: whoever speaks to their
   computer would press them by chance (WCAG 2.1.4). */

import { goOn, keepStops, rowOf, stopAt } from "./arrows.js";
import { dismissCell, onCell } from "./cells.js";
import { clearFind, countFound, filter, find, goToFound, onFind } from "./finding.js";

const root = document.documentElement;
const byId = (id) => document.getElementById(id);

const SWITCH = "eqboard-keys";
const toggle = byId("keys-on");

function stored() {
  try {
    return localStorage.getItem(SWITCH);
  } catch {
    return null;
  }
}

function switchKeys(isOn) {
  root.toggleAttribute("data-no-keys", !isOn);
  if (toggle) toggle.checked = isOn;
  try {
    localStorage.setItem(SWITCH, isOn ? "on" : "off");
  } catch {
    /* no storage: it lasts as long as the page */
  }
}

const LETTERS = {
  "/": () => find?.focus(),
  "?": () => byId("keys")?.showModal(),
  b: () => openBoards(),
  p: (target) => pauseIn(target.closest("#screen .person")),
  l: (target) => listenIn(target.closest("#screen .person")),
  s: (target) => pressIn(target.closest("#screen .call"), "sayNoCaller"),
  k: (target) => pressIn(target.closest("#screen .parked"), "sayNoParked"),
};

/** Of the two, the row has the one first that is wanted more (boards/parts/agents.py). */
function pauseIn(person) {
  if (!person) return document.dispatchEvent(new CustomEvent("eqboard:nobody"));
  person.querySelector("[data-hand]:is([id$='-pause'], [id$='-resume'])")?.click();
}

/** The button itself says when there is no call; without one, one may not listen, or there is no room for it. */
function listenIn(person) {
  const hand = person?.querySelector("[data-hand][id$='-listen']");
  if (hand) return hand.click();
  const word = !person ? "sayNobody" : person.dataset.state === "on_call" ? "sayNoListening" : "sayNoCall";
  document.dispatchEvent(new CustomEvent("eqboard:nobody", { detail: document.body.dataset[word] }));
}

/** The row's own button; without one, the word says of whom there would be one. */
function pressIn(row, word) {
  const hand = row?.querySelector("[data-hand]");
  if (hand) hand.click();
  else document.dispatchEvent(new CustomEvent("eqboard:nobody", { detail: document.body.dataset[word] }));
}

function openBoards() {
  const menu = byId("boards-menu");
  if (!menu) return;
  menu.open = true;
  (menu.querySelector("[aria-current]") ?? menu.querySelector("a"))?.focus();
}

/** By the key's place where another script has no such letter. */
const letterOf = ({ key, code }) => (LETTERS[key] ? key : { KeyP: "p", KeyL: "l", KeyB: "b", KeyS: "s", KeyK: "k" }[code]);

const ARROWS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"];

function onKey(event) {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") return goBack(event);
  if (event.key === "Enter" && event.target === find) return goToFound(event);
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  if (ARROWS.includes(event.key)) return goOn(event);
  const act = "noKeys" in root.dataset ? null : LETTERS[letterOf(event)];
  if (!act) return;
  event.preventDefault();
  act(event.target);
}

/** One step: first what a cell shows, then what is looked for. */
function goBack(event) {
  if (dismissCell()) return event.preventDefault();
  if (find?.value || document.activeElement === find) clearFind();
}

document.addEventListener("keydown", onKey);
document.addEventListener("focusin", ({ target }) => rowOf(target) && stopAt(rowOf(target)));
document.addEventListener("focusin", onCell);
document.addEventListener("pointerover", onCell);
document.addEventListener("htmx:wsAfterMessage", filter); // before held.js puts lists in order
document.addEventListener("eqboard:shown", countFound); // those that left are gone by then
document.addEventListener("eqboard:shown", keepStops);
find?.addEventListener("input", () => {
  onFind();
  keepStops();
});
toggle?.addEventListener("change", () => switchKeys(toggle.checked));
switchKeys(stored() !== "off");
keepStops();
