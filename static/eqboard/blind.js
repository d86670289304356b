/* While eqboard cannot see the floor nothing can be done to what is on it, and no button looks as if: each says why, to
   whoever presses it (hand.js), by the keyboard and from the palette too. The first fresh numbers bring them back. The
   server refuses anyway.

   Buttons are looked through when a part grows stale or fresh, and after messages while one is stale; never otherwise. */

import { stale } from "./truth.js";

const words = document.body.dataset;
const HANDS = "[data-hand]:not(.opens)"; // what only opens the panel shows old numbers as old
/* What has to be known for what is done to a row, as for the server (`Action.parts`): who serves which queues says who
   may do it, so agents are needed for all. */
const OF = {
  agents: ":is(.person, .row.call, .row.parked, .row.conference)",
  calls: ".row.call",
  parked: ".row.parked",
  conferences: ".row.conference",
};
const PARTS = Object.keys(OF);
const ROWS = OF.agents;

/** Why nothing can be done to what is in this row; "" if something can. */
export const whyBlind = (row) => (PARTS.some((part) => stale.has(part) && row.matches(OF[part])) ? words.sayBlind : "");

/** What else made no sense is remembered; what a message has written anew is true already. */
function dull(hand) {
  hand.dataset.blind = hand.getAttribute("aria-disabled") ? hand.title : "";
  hand.setAttribute("aria-disabled", "true");
  hand.title = words.sayBlind;
}

function brighten(hand) {
  const reason = hand.dataset.blind;
  delete hand.dataset.blind;
  if (!reason) hand.removeAttribute("aria-disabled");
  if (reason) hand.title = reason;
  else hand.removeAttribute("title");
}

const handsOf = (parts, rest) => document.querySelectorAll(`#screen :is(${parts.map((part) => OF[part])}) ${HANDS}${rest}`);

function look() {
  const old = PARTS.filter((part) => stale.has(part));
  const isOld = old.map((part) => OF[part]).join();
  if (old.length) for (const hand of handsOf(old, ":not([data-blind])")) dull(hand);
  for (const hand of handsOf(PARTS, "[data-blind]")) if (!isOld || !hand.closest(ROWS).matches(isOld)) brighten(hand);
}

function onSight() {
  look();
  document.dispatchEvent(new CustomEvent("eqboard:sight"));
}

new MutationObserver(onSight).observe(document.documentElement, { attributeFilter: ["data-stale"] });
document.addEventListener("eqboard:shown", () => PARTS.some((part) => stale.has(part)) && look());
look();
