/* Which queues a board shows: every one, or those that are chosen, in their order. */

import { byId, copyOf, form, list, nameGrip } from "./editor_page.js";

const isEvery = () => form.elements["e-which"].value !== "these";

export function openQueues(chosen) {
  const queues = list("queues");
  const extensions = Array.isArray(chosen) ? chosen.map(String) : [];
  for (const each of queues.children) nameGrip(each);
  for (const extension of [...extensions].reverse()) {
    const row = [...queues.children].find((each) => each.dataset.value === extension) ?? goneQueue(extension);
    row.querySelector("input").checked = true;
    queues.prepend(row);
  }
  form.elements["e-which"].value = Array.isArray(chosen) ? "these" : "every";
  showQueues();
}

function goneQueue(extension) {
  const row = copyOf("row-queues");
  row.dataset.value = extension;
  row.querySelector("[data-name]").textContent = extension;
  nameGrip(row);
  return row;
}

function showQueues() {
  byId("e-these").hidden = isEvery();
}

/** Whoever begins to choose begins with all that there are. */
export function beginChoosing() {
  showQueues();
  if (isEvery() || tickedQueues().length) return;
  for (const each of list("queues").querySelectorAll("input")) each.checked = true;
}

const tickedQueues = () =>
  [...list("queues").children].filter((each) => each.querySelector("input").checked).map((each) => each.dataset.value);

/** Their extensions; null for every queue. */
export const chosenQueues = () => (isEvery() ? null : tickedQueues());

export function findQueue({ target }) {
  const wanted = target.value.trim().toLocaleLowerCase();
  for (const each of list("queues").children) each.hidden = !each.textContent.toLocaleLowerCase().includes(wanted);
}
