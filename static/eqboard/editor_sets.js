/* What lies on a wall is not what lies on a desk: each has parts and numbers of its own. They are exchanged with the
   surface, never unseen, and those that are put aside come back. */

import { readAll } from "./editor_fields.js";
import { byId, fill, list, nameOf, words } from "./editor_page.js";
import { settleSurface } from "./editor_parts.js";
import { add } from "./editor_rows.js";

const SET = ["parts", "totals", "figures"];
const sets = { tv: JSON.parse(words.ownOfWall) };
let holds = "desk"; // whose set is on the page

/** The set that the page was opened with is its surface's. */
export function beginSets() {
  holds = byId("e-surface").value;
}

export function take(surface) {
  if (surface === holds) return;
  sets[holds] = Object.fromEntries(SET.map((name) => [name, [...list(name).children].map(readAll)]));
  holds = surface;
  if (sets[surface]) for (const name of SET) lay(name, sets[surface][name]);
}

function lay(name, values) {
  list(name).replaceChildren();
  for (const each of values) add(name, each);
}

/** What a wall shows now, and the way to the other set; nothing where there never was another. */
export function tellSet() {
  const box = byId("e-wall");
  box.hidden = byId("e-surface").value !== "tv" || !sets.desk;
  const out = [...list("parts").children].filter((each) => each.hidden).map(nameOf);
  const told = box.querySelector("p[data-of=desk]");
  told.textContent = out.length ? fill(words.sayLeftOut, { names: out.join(", ") }) : "";
  for (const each of box.querySelectorAll("[data-of]")) each.hidden = each.dataset.of !== holds;
  byId("e-say").textContent = box.hidden ? "" : box.querySelector("p:not([hidden])").textContent;
}

export function takeOther(surface) {
  take(surface);
  settleSurface();
  tellSet();
  byId("e-wall").querySelector("button:not([hidden])").focus();
}
