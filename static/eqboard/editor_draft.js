/* The whole draft: the page is opened with it, and it is read from the fields whenever it is needed. */

import { readAll, writeAll } from "./editor_fields.js";
import { form, list } from "./editor_page.js";
import { settleSurface } from "./editor_parts.js";
import { chosenQueues, openQueues } from "./editor_queues.js";
import { add, LISTS } from "./editor_rows.js";
import { beginSets } from "./editor_sets.js";
import { shown } from "./sorting.js";

/** Those of the board itself, not of a row. */
const ownFields = () => [...form.querySelectorAll("[data-key]")].filter((each) => !each.closest("[data-list]"));
const board = { querySelectorAll: ownFields };

const rowsOf = (value) => (Array.isArray(value) ? value.filter((each) => each && typeof each === "object") : []);

export function open(spec) {
  writeAll(board, spec);
  for (const name of LISTS) for (const each of rowsOf(spec[name])) add(name, each);
  openQueues(spec.queues);
  beginSets();
  settleSurface();
}

export function collect() {
  const spec = readAll(board);
  for (const name of LISTS) spec[name] = shown(list(name)).map(readAll);
  spec.queues = chosenQueues();
  return spec;
}

/** As the preview posts it. */
export function data() {
  const held = new FormData();
  held.set("name", form.elements.name.value);
  held.set("spec", JSON.stringify(collect()));
  return held;
}

/** All that is saved, to be compared. */
export const state = () => JSON.stringify([form.elements.name.value, form.elements.team.value, collect()]);
