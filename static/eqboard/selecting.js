/* Selecting several agents: which rows are picked, and what is done with them together. The page keeps it by itself:
   a row is picked by its id, and one that leaves is picked no more. */

import { gripOf } from "./hand.js";
import { stale } from "./truth.js";

const byId = (id) => document.getElementById(id);
const root = document.documentElement;
const bar = byId("together");
const words = bar?.dataset ?? {};
const MOST = Number(words.most);

const picked = new Set(); // ids of rows
let last = null; // the id of the row that was picked last: ranges begin there

const people = () => [...document.querySelectorAll("#screen .person[id]")];
const isSeen = (row) => row.checkVisibility(); // not if it is folded away
const isOn = () => "selecting" in root.dataset;
const agentOf = (id) => id.replace(/^[a-z]+-/, "");

/* What is picked */

function mark(row) {
  const isPicked = picked.has(row.id);
  row.toggleAttribute("data-picked", isPicked);
  if (isPicked) gripOf(row)?.setAttribute("aria-description", words.sayPicked);
  else gripOf(row)?.removeAttribute("aria-description");
}

function pick(row, isPicked = !picked.has(row.id)) {
  if (isPicked) picked.add(row.id);
  else picked.delete(row.id);
  mark(row);
}

function toggle(row, isRange) {
  const rows = isRange ? between(row) : [];
  if (rows.length) for (const each of rows) pick(each, true);
  else pick(row);
  last = row.id;
  tell();
}

/** In the order in which they are seen, both ends included. */
function between(row) {
  const list = [...row.parentElement.children].filter(isSeen);
  list.sort((one, other) => Number(one.style.order) - Number(other.style.order));
  const [begin, end] = [list.findIndex(({ id }) => id === last), list.indexOf(row)].sort((one, other) => one - other);
  return begin < 0 ? [] : list.slice(begin, end + 1);
}

function pickAll() {
  for (const row of people()) if (isSeen(row) && !("gone" in row.dataset)) pick(row, true);
  tell();
}

function pickNone() {
  for (const row of document.querySelectorAll("#screen .person[data-picked]")) pick(row, false);
  picked.clear();
  last = null;
  tell();
}

/* Beginning and ending */

function begin() {
  if (isOn()) return;
  root.dataset.selecting = "";
  bar.hidden = false;
  say("");
  tell();
}

function end() {
  const hadFocus = bar.contains(document.activeElement);
  pickNone();
  delete root.dataset.selecting;
  bar.hidden = true;
  showSwitches();
  if (hadFocus) document.querySelector("[data-select]")?.focus();
}

/** They come with the board, which knows nothing of this. */
function showSwitches() {
  for (const each of document.querySelectorAll("[data-select]")) each.setAttribute("aria-pressed", String(isOn()));
}

/* What the bar says */

const say = (text) => (byId("together-news").textContent = text);

function tell() {
  showSwitches();
  const count = picked.size;
  const text = count ? words.sayCount.replace("{n}", count) : words.sayNone;
  const hidden = [...picked].filter((id) => !isSeen(byId(id))).length;
  const rest = hidden ? `, ${words.sayHidden.replace("{n}", hidden)}` : "";
  if (byId("together-count").textContent !== text + rest) byId("together-count").textContent = text + rest;
  if (count > MOST) say(words.sayMost.replace("{n}", MOST));
  for (const each of bar.querySelectorAll("[hx-get]")) {
    const reason = whyNot(count);
    if (reason) each.setAttribute("aria-disabled", "true");
    else each.removeAttribute("aria-disabled");
    each.title = reason;
  }
}

function whyNot(count) {
  if (!count) return words.sayNone;
  if (count > MOST) return words.sayMost.replace("{n}", MOST);
  return stale.has("agents") ? document.body.dataset.sayBlind : "";
}

/** After a message: who has left is picked no more, and who is there is marked still. */
function onShown() {
  if (!isOn()) return;
  const gone = [...picked].filter((id) => !byId(id));
  for (const id of gone) picked.delete(id);
  for (const row of document.querySelectorAll("#screen .person[data-picked]")) if (!picked.has(row.id)) row.removeAttribute("data-picked");
  for (const id of picked) if (!("picked" in byId(id).dataset)) mark(byId(id));
  tell();
  if (gone.length) say(words.sayLeft.replace("{n}", gone.length));
}

/* Hands */

function onClick(event) {
  const { target } = event;
  if (target.closest("[data-select]")) return isOn() ? end() : begin();
  const act = { all: pickAll, none: pickNone, end }[target.closest("[data-pick]")?.dataset.pick];
  if (act) return act();
  const row = isOn() && target.closest("#screen .person[id]");
  if (!row || target.closest(".hand, .mark, a, input")) return;
  toggle(row, event.shiftKey);
}

/** What cannot be done with this selection says why, and is not asked for. */
function onDisabled(event) {
  const button = event.target.closest?.("#together [aria-disabled='true']");
  if (!button) return;
  event.preventDefault();
  event.stopPropagation();
  say(button.title);
}

const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]");

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open], :popover-open")) return;
  if (event.key === "Escape") return onEscape(event);
  const row = event.target.closest?.("#screen .person[id]");
  const isLetter = event.code === "KeyX" && !("noKeys" in root.dataset) && !isTyping(event.target);
  const isSpace = event.key === " " && isOn() && event.target === row;
  if (!isLetter && !isSpace) return;
  if (!row) return isLetter && document.dispatchEvent(new CustomEvent("eqboard:nobody"));
  event.preventDefault();
  begin();
  toggle(row, event.shiftKey);
}

/** One step back at a time: what lies over the board, and what is looked for, go first. */
function onEscape(event) {
  const find = byId("find");
  const isElsewhere = find.value || document.activeElement === find || !byId("panel").hidden || document.querySelector(".cell[data-open]");
  if (!isOn() || isElsewhere) return;
  event.preventDefault();
  event.stopPropagation();
  end();
}

/** Whom it is about goes along with what is asked for. */
function onAsk({ detail }) {
  if (detail.elt.closest?.("#together")) detail.parameters.agent = [...new Set([...picked].map(agentOf))];
}

if (bar) {
  document.addEventListener("click", onDisabled, { capture: true });
  document.addEventListener("click", onClick);
  document.addEventListener("mousedown", (event) => isOn() && event.shiftKey && event.target.closest("#screen .person") && event.preventDefault()); // no text is selected
  document.addEventListener("keydown", onKey, { capture: true });
  document.addEventListener("htmx:configRequest", onAsk);
  document.addEventListener("eqboard:shown", onShown);
  document.addEventListener("eqboard:sight", () => isOn() && tell());
  byId("find")?.addEventListener("input", () => isOn() && tell());
}
