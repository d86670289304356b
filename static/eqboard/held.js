/* Lists, and those under the hand: what is seen first is decided by CSS `order` (lists.js), and while a hand is on a
   list, that order is kept: new rows come last, and rows that left keep their place. Only a row that its reader has just
   acted on does not: that it leaves is what they wait for. */

import { gripOf, isAllThatIsHeld, isStirred, isUnderHand } from "./hand.js";
import { fitIn, headAnew, measure, rank, rankOf, setOrder } from "./lists.js";
import { lookAgain } from "./ticking.js";

const words = document.body.dataset;
const all = (selector) => document.querySelectorAll(selector);

const lists = () => all("#screen :is(ul[id], [data-ranked])");

const held = new Map(); // lists under the hand, and how many places are taken in each

export const isHolding = () => held.size > 0;

/** Before anything changes. */
export function hold() {
  if (!isStirred() && !held.size) return;
  for (const list of lists()) {
    if (isUnderHand(list)) {
      if (!held.has(list)) freeze(list);
    } else if (held.has(list)) release(list);
  }
  if (held.size) for (const part of all("#screen .part:not([data-steady])")) steady(part);
}

/** What is above a list must not shrink while the hand is on it; what grows there is scrolled away (`keepStill`). */
function steady(part) {
  part.dataset.steady = "";
  part.style.minBlockSize = `${part.offsetHeight}px`;
}

function freeze(list) {
  const rows = [...list.children];
  rows.sort((one, other) => Number(one.style.order) - Number(other.style.order));
  rows.forEach((row, place) => setOrder(row, place + 1));
  held.set(list, rows.length);
}

function release(list) {
  held.delete(list);
  for (const gone of list.querySelectorAll(":scope > [data-gone]")) takeAway(gone);
  list.removeAttribute("data-held");
  measure(list);
  rank(list);
  fitIn(list);
}

/** After a frame: rows that left are gone, or in a list under the hand are shown as gone; every list is in order. */
export function settle(left) {
  for (const row of left) {
    const list = row.parentElement;
    if (!held.has(list)) row.remove();
    else if (isDone(row)) letGoOf(list, row);
    else fade(row);
  }
  for (const list of lists()) {
    measure(list);
    if (held.has(list)) addTo(list);
    else {
      if ("ranked" in list.dataset) rank(list);
      fitIn(list);
    }
  }
}

/** What was done to it from here is told in its mark: it leaves by that. */
const isDone = (row) => row.querySelector(":scope > .mark > .outcome") !== null && isAllThatIsHeld(row);

/** The list is in order again, and the next key acts on the next caller: of them it only opens a dialog. */
function letGoOf(list, row) {
  const heir = row.contains(document.activeElement) ? (nextTo(row) ?? list) : null;
  row.remove();
  release(list);
  if (heir === list) focusOnList(list);
  else gripOf(heir)?.focus({ preventScroll: true });
}

/** The row that is seen after it, else the one before; null where a key would act on somebody at once. */
function nextTo(row) {
  if (!row.matches(".row")) return null;
  const seen = [...row.parentElement.children].filter((each) => each === row || (!each.hidden && !("gone" in each.dataset)));
  seen.sort((one, other) => Number(one.style.order) - Number(other.style.order));
  const place = seen.indexOf(row);
  return seen[place + 1] ?? seen[place - 1] ?? null;
}

/** A row that left keeps its place and the focus, but nothing can be done to it any more, and its time stands still. */
function fade(row) {
  const hadFocus = row.contains(document.activeElement);
  row.dataset.gone = "";
  for (const each of [row, ...row.querySelectorAll("[id]")]) each.removeAttribute("id"); // it may come back meanwhile
  for (const each of row.querySelectorAll(".hand, .mark")) each.remove();
  row.append(Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: words.sayGone }));
  lookAgain();
  if (hadFocus) gripOf(row)?.focus({ preventScroll: true });
}

/** The focus stays with the list, never with a neighbour: the next key would act on somebody else. */
function takeAway(row) {
  const list = row.contains(document.activeElement) ? row.parentElement : null;
  row.remove();
  if (list) focusOnList(list);
}

export function focusOnList(list) {
  list.tabIndex = -1;
  list.focus({ preventScroll: true });
}

function addTo(list) {
  const rows = [...list.children];
  let taken = held.get(list);
  for (const row of rows) if (!row.style.order) setOrder(row, (taken += 1));
  held.set(list, taken);
  const ranks = rows.map((row, place) => ({ rank: rankOf(list, row), place, order: Number(row.style.order) }));
  ranks.sort((one, other) => one.rank - other.rank || one.place - other.place);
  const isOrdered = ranks.every(({ order }, place) => !place || order > ranks[place - 1].order);
  list.toggleAttribute("data-held", !isOrdered || list.querySelector(":scope > [data-gone]") !== null);
  headAnew(list, rows);
}

/** Of what no hand is on any more. */
export function letGo() {
  for (const list of [...held.keys()]) if (!list.isConnected || !isUnderHand(list)) release(list);
  if (!held.size) for (const part of all("#screen .part[data-steady]")) loosen(part);
}

function loosen(part) {
  delete part.dataset.steady;
  part.style.minBlockSize = "";
}
