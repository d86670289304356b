/* Arrows on the desk: each list is one stop of the tab key, and within it the arrows go to what lies in their
   direction. */

import { gripOf } from "./hand.js";

export const rowOf = (element) => element.closest?.("[data-roving] > *");
const isSeen = (row) => row.offsetParent !== null;

/** The stop of a list is where one was last. */
export function stopAt(row) {
  for (const each of row.parentElement.querySelectorAll("[tabindex='0']")) each.tabIndex = -1;
  for (const each of [gripOf(row), ...row.querySelectorAll("[data-hand]")]) if (each) each.tabIndex = 0;
}

/** A list that has no stop, or whose stop is not found, has it at its first row. */
export function keepStops() {
  for (const list of document.querySelectorAll("#screen [data-roving]")) {
    const stop = list.querySelector("[tabindex='0']");
    const first = [...list.children].find(({ hidden }) => !hidden);
    if (first && (!stop || rowOf(stop)?.hidden)) stopAt(first);
  }
}

/** Rows of callers stand under each other, in their order: the first who is late may be pinned over others. */
function inColumn(seen, row, key) {
  seen.sort((one, other) => Number(one.style.order) - Number(other.style.order));
  const step = { ArrowDown: 1, ArrowUp: -1 }[key] ?? 0;
  return { Home: seen[0], End: seen.at(-1) }[key] ?? seen[seen.indexOf(row) + step];
}

function neighbour(row, key) {
  const seen = [...row.parentElement.children].filter(isSeen);
  if (row.matches(".row")) return inColumn(seen, row, key);
  const places = seen.map((each) => ({ row: each, box: each.getBoundingClientRect() }));
  const isMirrored = getComputedStyle(row).direction === "rtl";
  const from = row.getBoundingClientRect();
  const side = { ArrowLeft: isMirrored ? 1 : -1, ArrowRight: isMirrored ? -1 : 1 }[key];
  const begin = (box) => (isMirrored ? -box.right : box.left);
  places.sort((one, other) => one.box.top - other.box.top || begin(one.box) - begin(other.box));
  if (key === "Home") return places[0].row;
  if (key === "End") return places.at(-1).row;
  if (side) return places[places.findIndex((each) => each.row === row) + side]?.row;
  const isUp = key === "ArrowUp";
  const beyond = places.filter(({ box }) => (isUp ? box.bottom <= from.top + 1 : box.top >= from.bottom - 1));
  const distance = ({ box }) => Math.abs(box.top - from.top) * 1000 + Math.abs(box.left - from.left);
  return beyond.sort((one, other) => distance(one) - distance(other))[0]?.row;
}

/** A list has the focus itself when the row has left that had it: then an arrow goes to its stop. */
export function goOn(event) {
  const list = event.target.matches("[data-roving]") ? event.target : null;
  const row = rowOf(list?.querySelector("[tabindex='0']") ?? event.target);
  if (!row) return;
  const next = list ? row : neighbour(row, event.key);
  event.preventDefault();
  gripOf(next)?.focus();
  next?.scrollIntoView({ block: "nearest" });
}
