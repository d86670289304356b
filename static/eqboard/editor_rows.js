/* The rows of a draft: parts, numbers, thresholds and limits are added, settled and removed. */

import { forgetFaults } from "./editor_faults.js";
import { writeAll } from "./editor_fields.js";
import { settleMetric, settleReason, showMinutes } from "./editor_limits.js";
import { byId, copyOf, form, list, nameGrip, nameOf, say } from "./editor_page.js";
import { settlePart, settleSurface } from "./editor_parts.js";

const TEMPLATES = {
  parts: "row-parts",
  totals: "row-figure",
  figures: "row-figure",
  thresholds: "row-thresholds",
  limits: "row-limits",
};

/** The lists whose rows these are. Queues are no such rows: they are there, and are ticked. */
export const LISTS = Object.keys(TEMPLATES);

export function add(name, values) {
  const row = copyOf(TEMPLATES[name]);
  list(name).append(row);
  writeAll(row, values);
  settle(row, name);
  return row;
}

export function addNew(name) {
  const row = add(name, name === "parts" ? { kind: byId("e-add-part").value, span: 12 } : fresh(name));
  settleSurface();
  forgetFaults(row);
  row.querySelector(name === "parts" ? ".grip" : "select").focus();
  say("added", { name: nameOf(row) });
}

const fresh = (name) =>
  ({
    thresholds: { metric: "waiting", direction: "high", window: "now", hysteresis: 0, hold_seconds: 0, least_calls: 0 },
    limits: { state: "paused" },
  })[name] ?? { metric: "waiting", window: "now" };

/** The focus goes to the neighbour, as the button that had it is gone. */
export function remove(row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  const name = nameOf(row);
  const owner = row.closest("[data-list]");
  forgetFaults(row);
  row.remove();
  (next?.querySelector("[data-remove]") ?? form.querySelector(`[data-add="${owner.dataset.list}"]`)).focus();
  settleSurface();
  say("removed", { name });
}

/** What a row shows besides its fields. */
export function settle(row, name) {
  if (name === "parts") settlePart(row);
  settleMetric(row, name === "thresholds");
  settleReason(row);
  showMinutes(row);
  nameGrip(row);
}
