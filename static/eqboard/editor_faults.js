/* What the server found wrong, beside the fields. */

import { byId, form, list } from "./editor_page.js";

const faults = new Set(); // { entry, field, holder, line }: those that nobody has touched yet

export function showFaults() {
  for (const each of document.querySelectorAll("#e-faults [data-place]")) {
    const field = fieldOf(each.dataset.place.split("-"));
    if (field) showFault(each, field);
  }
  byId("e-faults")?.focus();
}

function showFault(entry, field) {
  const id = `e-fault-${entry.dataset.place}`;
  const line = Object.assign(document.createElement("p"), { className: "fault", id, textContent: entry.textContent });
  const holder = field.closest("li, .field, [data-place]");
  holder.append(line);
  const chapter = field.closest("details");
  if (chapter) chapter.open = true;
  field.setAttribute("aria-invalid", "true");
  describe(field, [id, ...descriptions(field)]);
  entry.firstElementChild.addEventListener("click", (event) => {
    event.preventDefault();
    field.focus();
    field.scrollIntoView({ block: "center" });
  });
  faults.add({ entry, field, holder, line });
}

const descriptions = (field) => (field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);

const describe = (field, ids) =>
  ids.length ? field.setAttribute("aria-describedby", ids.join(" ")) : field.removeAttribute("aria-describedby");

/** What was changed is not what was found wrong; whether it is right now is found when it is saved. */
export function forgetFaults(where) {
  for (const each of faults) if (each.holder.contains(where)) forgetFault(each);
  if (byId("e-faults") && !document.querySelector("#e-faults [data-place]:not([data-mended])")) byId("e-faults").remove();
}

function forgetFault(fault) {
  const { entry, field, line } = fault;
  faults.delete(fault);
  entry.dataset.mended = "";
  field.removeAttribute("aria-invalid");
  describe(field, descriptions(field).filter((each) => each !== line.id));
  line.remove();
}

function fieldOf([name, index, key]) {
  const row = list(name) && index !== undefined ? list(name).children[Number(index)] : null;
  if (row) return row.querySelector(`[data-key="${key}"]:not([type=hidden])`) ?? row.querySelector("select, button, input");
  const place = form.querySelector(`:not(li)[data-place="${[name, index].filter(Boolean).join("-")}"]`);
  return place?.querySelector("input:not([type=hidden]), select, button") ?? null;
}
