/* How messages become the page, and how what is under the hand stays where it is.

   strokes.js changes the page, hand.js knows where the pointer, the focus and the selection are, held.js keeps the order
   of a list under the hand. Here is what happens with a message, and once the hand has gone. */

import { gripOf, isStirred, keepStill, noteSlip, onSelection, onStir, refuseDisabled, refuseSlip, rowInFocus } from "./hand.js";
import { focusOnList, hold, isHolding, letGo, settle } from "./held.js";
import { align } from "./lists.js";
import { becomeAtLast, isWaiting, putAll, takeLeaving } from "./strokes.js";

const byId = (id) => (id ? document.getElementById(id) : null);

function onMessage(event) {
  const { message, socketWrapper } = event.detail;
  if (event.defaultPrevented) return;
  event.preventDefault();
  const active = document.activeElement;
  const focus = { id: active?.id, row: rowInFocus()?.id, list: rowInFocus()?.parentElement };
  noteSlip(() => keepStill(() => {
    catchUp();
    hold();
    const hasEnded = putAll(message);
    htmx.trigger(event.target, "htmx:wsAfterMessage", { message, socketWrapper }); // what follows a swap follows this
    if (hasEnded) settle(takeLeaving());
  }));
  if (!active?.isConnected) focusOn(focus);
  else if (hasLostFocus(active)) active.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("eqboard:shown"));
}

/** Its row has moved, in a browser without `moveBefore`. */
const hasLostFocus = (active) => active !== document.body && document.activeElement === document.body;

/** What had the focus is gone: a button that has done its work, or a row that left; then its list has it, unless
    somebody else does. */
function focusOn({ id, row, list }) {
  const places = [byId(id), ...(byId(row)?.querySelectorAll("[data-hand]") ?? []), gripOf(byId(row))];
  const next = places.find((each) => each?.checkVisibility()); // where there is little room, not every button is
  if (next) next.focus({ preventScroll: true });
  else if (list?.isConnected && isLost(document.activeElement)) focusOnList(list);
}

/** Also where it was in a dialog that has just been closed. */
const isLost = (active) => active === document.body || !active.checkVisibility();

/** With what waited for the hand to go. */
function catchUp() {
  if (isStirred()) onSelection(); // its event may come after the message
  letGo();
  becomeAtLast();
}

const look = () => (isHolding() || isWaiting()) && keepStill(catchUp);

for (const type of ["pointermove", "pointerdown", "keydown", "wheel", "touchmove"]) {
  document.addEventListener(type, onStir, { capture: true, passive: true });
}
document.addEventListener("selectionchange", onSelection);
document.addEventListener("htmx:wsBeforeMessage", onMessage);
document.addEventListener("click", refuseSlip, { capture: true });
document.addEventListener("click", refuseDisabled, { capture: true });
for (const type of ["pointerover", "focusin", "selectionchange"]) document.addEventListener(type, look);
document.addEventListener("eqboard:focus", ({ detail }) => focusOn(detail));
settle([]);
document.fonts.ready.then(() => document.querySelectorAll("#screen .lines").forEach(align));
