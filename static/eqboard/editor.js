/* The page on which a board is made. The page itself is the draft: it is read from the fields when it is needed, and
   nothing is ever drawn anew, so no field loses its focus, its selection or its place. */

import { data, open } from "./editor_draft.js";
import { forgetFaults, showFaults } from "./editor_faults.js";
import { onNews } from "./editor_news.js";
import { byId, form, list, nameOf, say, words } from "./editor_page.js";
import { resize, settleSurface } from "./editor_parts.js";
import { beginChoosing, findQueue } from "./editor_queues.js";
import { addNew, remove, settle } from "./editor_rows.js";
import { guard, tellWhetherSaved } from "./editor_saving.js";
import { take, takeOther, tellSet } from "./editor_sets.js";
import { preview } from "./preview.js";
import { followPointer, sortable } from "./sorting.js";

function onInput({ target }) {
  const row = target.closest("[data-list] > li");
  if (row) settle(row, row.parentElement.dataset.list);
  if (target.name === "e-which") beginChoosing();
  if (target.id === "e-surface") take(target.value);
  settleSurface();
  if (target.id === "e-surface") tellSet();
  forgetFaults(target);
  changed();
}

function onClick({ target }) {
  const button = target.closest("button");
  const act = button && actOf(button.dataset, button.closest("[data-list] > li"));
  if (!act) return;
  act();
  changed();
}

function actOf(asked, row) {
  if (asked.add) return () => addNew(asked.add);
  if (asked.take) return () => takeOther(asked.take);
  if (row && "remove" in asked) return () => remove(row);
  if (row && "narrower" in asked) return () => resize(row, -1);
  if (row && "wider" in asked) return () => resize(row, 1);
  return null;
}

function tellOrder(what, item, place, count) {
  say(what, { name: nameOf(item), place: place + 1, count });
  if (what !== "held") changed();
}

function changed() {
  tellWhetherSaved();
  countRows();
  soon();
}

/** How many rows a chapter has stands beside its title, also while it is closed. */
function countRows() {
  for (const each of form.querySelectorAll("[data-count-of]")) {
    each.textContent = each.dataset.countOf.split(" ").reduce((sum, name) => sum + list(name).children.length, 0);
  }
}

form.addEventListener("input", onInput);
form.addEventListener("click", onClick);
byId("e-find-queue").addEventListener("input", findQueue);
for (const each of form.querySelectorAll("[data-list]")) sortable(each, tellOrder);
followPointer(tellOrder);
open(JSON.parse(form.elements.spec.value) ?? {});
showFaults();
guard();
const soon = preview({ frame: document.querySelector(".stage iframe"), url: words.previewUrl, draft: data, onNews });
changed();
