/* What a row of a number, a threshold or a limit shows besides its fields, and which of them it needs. */

import { duration } from "./clock.js";

/** A number has a unit, and mostly a window. */
export function settleMetric(row, isThreshold) {
  const metric = row.querySelector("[data-key=metric]")?.selectedOptions[0];
  if (!metric) return;
  row.dataset.unit = metric.dataset.unit;
  const window = row.querySelector("[data-key=window]");
  window.disabled = !("hasWindow" in metric.dataset);
  if (window.disabled) window.value = "now";
  if (isThreshold) settlePromise(row, "hasPromise" in metric.dataset);
}

/** Only what is promised can be below the promise, and whatever is, is too little. Points are no percentages: either way
    has numbers of its own, and those that are put aside come back, as does the direction. */
function settlePromise(row, hasPromise) {
  const choice = row.querySelector("[data-key=below_promise]");
  const direction = row.querySelector("[data-key=direction]");
  choice.hidden = !hasPromise;
  if (!hasPromise) choice.value = "false";
  direction.hidden = choice.value === "true";
  const was = row.dataset.below ?? choice.value;
  row.dataset.below = choice.value;
  const limits = row.querySelectorAll("[data-points]");
  for (const field of limits) field.min = direction.hidden ? 1 : 0; // no points: what keeps the promise would reach it
  if (was !== choice.value) {
    for (const field of limits) exchange(field, direction.hidden);
    [direction.value, row.dataset.otherDirection] = [row.dataset.otherDirection ?? "low", direction.value];
  }
  if (direction.hidden) direction.value = "low";
}

function exchange(field, isBelow) {
  const other = field.dataset.other ?? (isBelow ? field.dataset.points : "");
  [field.value, field.dataset.other] = [other, field.value];
}

/** Only a pause has a reason. */
export function settleReason(row) {
  const code = row.querySelector("[data-key=pause_code]");
  if (!code) return;
  code.hidden = row.querySelector("[data-key=state]").value !== "paused";
  if (code.hidden) code.value = "";
}

/** Beside so many seconds, how many minutes they are. */
export function showMinutes(row) {
  for (const hint of row.querySelectorAll("[data-minutes]")) {
    const seconds = Number(hint.parentElement.querySelector("input").value);
    hint.textContent = seconds >= 60 ? duration(seconds) : "";
  }
}
