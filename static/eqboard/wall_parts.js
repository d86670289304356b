/* The parts of a wall. Each can show itself in steps: 0 is nothing of it, `most` is all. */

import { choose } from "./wall_places.js";
import { bottomOf, grid, hide } from "./wall_type.js";

const RESERVED_ROWS = 3; // for callers, who come and go: nothing else moves for them
const MOST_ROWS = 12;

const KINDS = { totals, tiles, waiting, agents, abandoned: single, budget: single };

export const parts = () => [...grid().children].map((element) => ({ kind: element.dataset.kind, ...KINDS[element.dataset.kind](element) }));

export const hasBanner = () => document.querySelector("#screen .banner") !== null;

let columnsKnown = new Map(); // by the list's id

/** They change with the type only. */
export function forgetColumns() {
  columnsKnown = new Map();
}

/** How many columns a list has, or would have if it were shown. */
function columnsOf(list) {
  if (!columnsKnown.has(list.id)) columnsKnown.set(list.id, countColumns(list));
  return columnsKnown.get(list.id);
}

function countColumns(list) {
  const hidden = [list, list.parentElement].filter((each) => each.hidden);
  hidden.forEach((each) => hide(each, false));
  const columns = getComputedStyle(list).gridTemplateColumns.split(" ").length;
  hidden.forEach((each) => hide(each, true));
  return columns;
}

function totals(element) {
  const items = [...element.children];
  const show = (step) => items.forEach((item, place) => hide(item, place >= step));
  return { element, items, show, wish: items.length, most: items.length };
}

function single(element) {
  return { element, items: [element], show: (step) => hide(element, step < 1), wish: 1, most: 1 };
}

function tiles(element) {
  const list = element.querySelector(".wall-tiles");
  const items = [...list.children];
  const columns = columnsOf(list);
  const rows = Math.max(1, Math.ceil(items.length / columns));
  const show = (step) => {
    hide(element, step < 1);
    choose(items, step * columns);
  };
  return { element, items, show, wish: rows, most: rows };
}

function waiting(element) {
  const list = element.querySelector(".wall-callers");
  const items = [...list.children];
  const show = (step) => {
    hide(element, step < 1);
    list.style.setProperty("--rows", step);
    items.forEach((item, place) => hide(item, place >= step)); // each takes a row, or more with a long name
    const beyond = items.slice(0, step).findIndex((item) => bottomOf(item) > bottomOf(list) + 1);
    if (beyond >= 0) items.slice(beyond, step).forEach((item) => hide(item, true));
  };
  const isSpared = hasBanner() && !items.length; // the banner takes the place of "No callers are waiting"
  return { element, items, show, wish: isSpared ? 0 : RESERVED_ROWS, most: isSpared ? 0 : MOST_ROWS };
}

function agents(element) {
  const list = element.querySelector(".wall-people");
  const items = [...list.children];
  const columns = columnsOf(list);
  const show = (step) => {
    hide(element, step < 1);
    hide(list, step < 2);
    choose(items, Math.max(0, step - 1) * columns);
  };
  return { element, items, show, wish: 1, most: 1 + Math.ceil(items.length / columns) };
}
