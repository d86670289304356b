/* Numbers that open: the panel that shows the working of one, the arrow keys from one to the next, and how old they are.
   A number is known by its row and by what it counts: its element may be another one by the next message. */

import { body, panel, say, show, take } from "./panel.js";

const byId = (id) => (id ? document.getElementById(id) : null);
const NUMBER = "[data-figure]";
const HOLDER = ".tile, .line, .plan, .totals";

const placeOf = (number) => ({ holder: number.closest(HOLDER)?.id, figure: number.dataset.figure, kind: number.className });

/** The number in the same place, however often its row was replaced. */
function at({ holder, figure, kind } = {}) {
  const all = [...(byId(holder)?.querySelectorAll(NUMBER) ?? [])].filter((each) => each.dataset.figure === figure);
  return all.find((each) => each.className === kind) ?? all[0];
}

/* Opening and closing */

let opener;
let isAsked = false;

const owner = {
  back: () => at(opener),
  left: () => {
    opener = undefined;
    mark();
  },
};

function open(number) {
  take(owner);
  opener = placeOf(number);
  const [metric, window] = opener.figure.split(" ");
  const queue = opener.holder.includes("-") ? opener.holder.replace(/^[a-z]+-/, "") : "";
  const query = new URLSearchParams({ queue, metric, window });
  mark();
  isAsked = true;
  htmx.ajax("GET", `${panel.dataset.url}&${query}`, { source: panel, target: body });
}

function mark() {
  const number = at(opener);
  for (const each of document.querySelectorAll(`${NUMBER}[aria-expanded]`)) if (each !== number) each.removeAttribute("aria-expanded");
  number?.setAttribute("aria-expanded", "true");
}

/** Only who has opened it is taken there: every few seconds it is merely renewed. */
function onShown({ target }) {
  if (target !== body || !opener) return;
  show();
  if (isAsked) byId("panel-title")?.focus({ preventScroll: true });
  isAsked = false;
}

/** Who has closed the panel, or opened something else in it, wants no number that was on its way. */
function onLate(event) {
  if (event.detail.target !== body || opener) return;
  event.stopPropagation();
  event.detail.shouldSwap = false;
  event.detail.isError = false;
}

/** A number that has left, or an eqboard that does not answer, is told in the panel, and once. */
function onTrouble(event) {
  const status = event.detail.xhr?.status ?? 0;
  if (!opener || (event.type === "htmx:beforeSwap" && status < 400)) return;
  event.stopPropagation();
  if (event.type !== "htmx:beforeSwap") return say(panel.dataset.sayLate);
  event.detail.shouldSwap = false;
  event.detail.isError = false;
  if (status === 404 || status === 403) body.replaceChildren();
  say(status === 404 || status === 403 ? panel.dataset.sayGone : panel.dataset.sayLate);
}

/* Keys: from one number of a row to the next */

function onKey(event) {
  const number = event.target.closest?.(NUMBER);
  const isRightToLeft = document.documentElement.dir === "rtl";
  const step = { ArrowRight: isRightToLeft ? -1 : 1, ArrowLeft: isRightToLeft ? 1 : -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!number || !step) return;
  const all = [...number.closest(HOLDER).querySelectorAll(NUMBER)].filter((each) => each.checkVisibility({ visibilityProperty: true }));
  all[all.indexOf(number) + step]?.focus();
  event.preventDefault();
}

/* How old the numbers are, from EQ to here */

function showHops() {
  const pulse = byId("pulse")?.dataset ?? {};
  for (const hop of document.querySelectorAll("[data-hop]")) {
    const at = pulse[hop.dataset.hop];
    hop.toggleAttribute("data-told", Boolean(at));
    if (at) hop.querySelector("time").dataset.since = at;
  }
}

/** Nothing until it is measured (truth.js). */
function showDelay() {
  const { delay } = byId("pulse")?.dataset ?? {};
  if (delay) byId("delay").textContent = byId("freshness").dataset.sayDelay.replace("{n}", delay);
}

if (panel) {
  document.addEventListener("click", ({ target }) => {
    const number = target.closest?.(`#screen ${NUMBER}`);
    if (number) open(number);
  });
  document.addEventListener("keydown", onKey, { capture: true });
  document.addEventListener("htmx:afterSwap", onShown);
  panel.addEventListener("htmx:beforeSwap", onLate);
  for (const name of ["htmx:beforeSwap", "htmx:sendError", "htmx:timeout"]) panel.addEventListener(name, onTrouble);
}
document.addEventListener("htmx:wsAfterMessage", () => { mark(); showHops(); }, { capture: true }); // before all ticks
document.addEventListener("eqboard:shown", showDelay);
showHops();
