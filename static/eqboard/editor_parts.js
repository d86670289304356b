/* The parts of a board: their widths, and which of them a desk or a wall can have. */

import { readAll } from "./editor_fields.js";
import { byId, fill, form, list, nameOf, say, words } from "./editor_page.js";

const SPANS = list("parts").dataset.spans.split(" ").map(Number);
const LETTER_MM_PER_METER = 5.8; // 20 minutes of arc

const optionOf = (kind) => [...byId("e-add-part").options].find((each) => each.value === kind);

export function settlePart(row) {
  const { kind, span } = readAll(row);
  row.querySelector("[data-name]").textContent = optionOf(kind)?.textContent ?? kind;
  row.dataset.kind = kind;
  row.dataset.span = span;
  row.querySelector("[data-width]").textContent = `${span}/12`;
  row.querySelector("[data-narrower]").disabled = span <= SPANS[0];
  row.querySelector("[data-wider]").disabled = span >= SPANS.at(-1);
}

/** To the next narrower or wider span. At either end of them the button that would ask for it is disabled. */
export function resize(row, by) {
  const field = row.querySelector("[data-key=span]");
  const at = SPANS.indexOf(Number(field.value));
  const wished = SPANS[Math.max(0, Math.min(at + by, SPANS.length - 1))];
  field.value = wished;
  const button = document.activeElement;
  settlePart(row);
  if (button.disabled) row.querySelector("[data-narrower]:enabled, [data-wider]:enabled").focus();
  say("width", { name: nameOf(row), width: wished });
}

/** A wall cannot show every part: those that it cannot are put aside, and come back with the desk. */
export function settleSurface() {
  const isWall = byId("e-surface").value === "tv";
  form.dataset.surface = isWall ? "tv" : "desk";
  for (const row of list("parts").children) {
    const option = optionOf(row.dataset.kind);
    row.hidden = isWall && Boolean(option) && !("fitsWall" in option.dataset);
  }
  offerParts(isWall);
  const meters = Number(byId("e-meters").value);
  byId("e-letters").textContent = meters ? fill(words.sayLetters, { mm: Math.ceil(meters * LETTER_MM_PER_METER) }) : "";
}

/** Those that are not there yet. */
function offerParts(isWall) {
  const there = new Set([...list("parts").children].map((row) => row.dataset.kind));
  const offered = byId("e-add-part");
  for (const each of offered.options) {
    each.disabled = each.hidden = there.has(each.value) || (isWall && !("fitsWall" in each.dataset));
  }
  if (offered.selectedOptions[0]?.disabled ?? true) {
    offered.value = [...offered.options].find((each) => !each.disabled)?.value ?? "";
  }
  form.querySelector("[data-add=parts]").disabled = !offered.value;
}
