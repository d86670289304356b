/* While eqboard cannot see the floor nothing can be done to what is on it, and no button looks as if: each says why, to
   whoever presses it (hand.js), by the keyboard and from the palette too. The first fresh numbers bring them back. The
   server refuses anyway.

   Buttons are looked through when a part grows stale or fresh, and while one is stale after messages, and those of the
   panel whenever something new is in it (side.js); never otherwise. */

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
const IN_PANEL = "#panel-body :is(.side-hands .button, .side-dial .button, [data-press])"; // all hang on who serves which queues

/** Why nothing can be done to what is in this row; "" if something can. */
export const whyBlind = (row) => (PARTS.some((part) => stale.has(part) && row.matches(OF[part])) ? words.sayBlind : "");

/** What else made no sense is remembered; what a message has written anew is true already. */
function dull(hand) {
  hand.dataset.blind = hand.title;
  hand.toggleAttribute("data-alive", !hand.hasAttribute("aria-disabled"));
  hand.setAttribute("aria-disabled", "true");
  hand.title = words.sayBlind;
}

function brighten(hand) {
  const { blind: title, alive } = hand.dataset;
  delete hand.dataset.blind;
  delete hand.dataset.alive;
  if (alive !== undefined) hand.removeAttribute("aria-disabled");
  if (title) hand.title = title;
  else hand.removeAttribute("title");
}

const handsOf = (parts, rest) => document.querySelectorAll(`#screen :is(${parts.map((part) => OF[part])}) ${HANDS}${rest}`);

/** What the server has written anew in the panel knows nothing of this. */
export function lookAtPanel() {
  const isOld = stale.has("agents");
  for (const hand of document.querySelectorAll(IN_PANEL)) {
    if (isOld && !("blind" in hand.dataset)) dull(hand);
    else if (!isOld && "blind" in hand.dataset) brighten(hand);
  }
}

function look() {
  const old = PARTS.filter((part) => stale.has(part));
  const isOld = old.map((part) => OF[part]).join();
  if (old.length) for (const hand of handsOf(old, ":not([data-blind])")) dull(hand);
  for (const hand of handsOf(PARTS, "[data-blind]")) if (!isOld || !hand.closest(ROWS).matches(isOld)) brighten(hand);
  lookAtPanel();
}

function onSight() {
  look();
  document.dispatchEvent(new CustomEvent("eqboard:sight"));
}

new MutationObserver(onSight).observe(document.documentElement, { attributeFilter: ["data-stale"] });
document.addEventListener("eqboard:shown", () => PARTS.some((part) => stale.has(part)) && look());
document.addEventListener("htmx:afterSwap", lookAtPanel);
look();
