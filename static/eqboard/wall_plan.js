/* The plan of a wall: how large the type is, and how many steps of each part are shown. It holds until the screen, the
   board or the number of queues changes, so that callers and agents who come and go move nothing. */

import { forgetColumns, hasBanner, parts } from "./wall_parts.js";
import { remember } from "./wall_places.js";
import { sumUp } from "./wall_sum.js";
import { fits, grid, setWord, smallest, wall } from "./wall_type.js";

const SCALES = [1, 1.1, 1.2, 1.35, 1.5, 1.75, 2, 2.5, 3]; // where everything fits, the type grows as far as it can

let plan = { basis: "", steps: {} };

/** Show what there is now, by the plan; by a new one where it does not hold any more. */
export function fit() {
  if (!grid()) return;
  const now = basis();
  if (now !== plan.basis || !fill()) {
    makePlan();
    fill();
    plan.basis = basis();
  }
  document.documentElement.dataset.fitted = "";
}

export function replan() {
  plan.basis = "";
  fit();
}

function basis() {
  const steady = [...grid().children].map(({ dataset, children, firstElementChild }) => {
    const counted = { totals: children, tiles: firstElementChild?.children }[dataset.kind];
    return [dataset.kind, counted?.length];
  });
  const isSpared = hasBanner() && !document.getElementById("waiting")?.children.length;
  const beside = [...document.querySelectorAll(".wall-top, #screen .banner")].map((each) => each.offsetHeight);
  const { inches, meters } = wall.dataset;
  return JSON.stringify([innerWidth, innerHeight, screen.width, screen.height, inches, meters, beside, steady, isSpared]);
}

function makePlan() {
  const { pixels } = smallest();
  const scale = largestScale(pixels);
  if (scale) isRoomFor(pixels * scale);
  else shareOut(pixels);
  growEvenly(parts());
}

/** 0: not even in the smallest type is there room for everything. */
function largestScale(pixels) {
  const tooLarge = SCALES.findIndex((scale) => !isRoomFor(pixels * scale));
  return tooLarge < 0 ? SCALES.at(-1) : (SCALES[tooLarge - 1] ?? 0);
}

function setType(pixels) {
  forgetColumns();
  setWord(pixels);
}

/** Whether everything can be shown in type of this size. The steps stay as they are then. */
function isRoomFor(pixels) {
  setType(pixels);
  const all = parts();
  plan.steps = Object.fromEntries(all.map(({ kind, wish }) => [kind, wish]));
  all.forEach(({ kind, show }) => show(plan.steps[kind]));
  sumUp(all);
  return fits();
}

/** In the order of the board: of the numbers of the floor as many as fit, of each other part the beginning. Beside a
    banner callers come last, for they may be long gone. */
function shareOut(pixels) {
  setType(pixels);
  plan.steps = {};
  const all = parts();
  all.forEach(({ show }) => show(0));
  const isLast = ({ kind }) => hasBanner() && kind === "waiting";
  for (const part of [...all.filter((each) => !isLast(each)), ...all.filter(isLast)]) {
    let most = part.kind === "totals" ? part.most : Math.min(1, part.most);
    while (most > 0 && grow(all, part)) most -= 1;
  }
}

function growEvenly(all) {
  let growing = all;
  while (growing.length) growing = growing.filter((part) => grow(all, part));
}

/** Show a step more of a part, if it fits. */
function grow(all, part) {
  const before = plan.steps[part.kind] ?? 0;
  if (before >= part.most) return false;
  plan.steps[part.kind] = before + 1;
  part.show(before + 1);
  sumUp(all);
  if (fits()) return true;
  plan.steps[part.kind] = before;
  part.show(before);
  sumUp(all);
  return false;
}

/** Returns whether it fits. */
function fill() {
  const all = parts();
  all.forEach(({ kind, show }) => show(plan.steps[kind] ?? 0));
  sumUp(all);
  remember(all.flatMap(({ items }) => items));
  return fits();
}
