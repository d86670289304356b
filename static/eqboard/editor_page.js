/* What the modules of the editor share: the form, its lists, how an item of a list is called, and what is spoken. */

export const form = document.getElementById("draft");
export const words = form.dataset;
export const byId = (id) => document.getElementById(id);
export const list = (name) => form.querySelector(`[data-list="${name}"]`);
export const copyOf = (template) => byId(template).content.firstElementChild.cloneNode(true);

export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

export function say(what, values) {
  byId("e-say").textContent = fill(words[`say${what[0].toUpperCase()}${what.slice(1)}`], values);
}

/** By what is chosen in it. */
export function nameOf(item) {
  const chosen = [...item.querySelectorAll("[data-names]")].filter((each) => !each.hidden && !each.disabled);
  const named = chosen.length ? chosen.map((each) => each.selectedOptions[0]) : [item.querySelector("[data-name]")];
  return named.map((each) => each?.textContent.trim()).filter(Boolean).join(", ");
}

/** The buttons of an item say of what they are. */
export function nameGrip(row) {
  for (const each of row.querySelectorAll(".grip, [data-remove], [data-narrower], [data-wider]")) {
    each.dataset.word ??= each.getAttribute("aria-label");
    each.setAttribute("aria-label", `${each.dataset.word}: ${nameOf(row)}`);
  }
}
