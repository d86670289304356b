/* The hand: a pointer, a finger, the focus, or a selected text. One that has not stirred for a while is none: a
   screen that nobody touches has to be in order. */

const REST_SECONDS = 30;
let pointer = null; // where the mouse is
let stirredAt = 0;

export const isStirred = () => performance.now() - stirredAt < REST_SECONDS * 1000;

let ends = []; // where a selection begins and ends; what lies between may change without dropping it

/** When it changes, and not every second: to ask for it has the whole page laid out. */
export function onSelection() {
  const { isCollapsed, anchorNode, focusNode } = getSelection();
  ends = isCollapsed ? [] : [anchorNode, focusNode];
}

export const isSelected = (node) => ends.length > 0 && isStirred() && ends.some((end) => node.contains(end));

export function isUnderHand(list) {
  if (!isStirred()) return false;
  return (pointer && list.matches(":hover")) || list.matches(":active, :focus-within") || isSelected(list);
}

/** Whether it is all of its list that the hand is on: then nothing else of it has to stay where it is. */
export function isAllThatIsHeld(row) {
  const list = row.parentElement;
  const under = pointer && list.matches(":hover") ? document.elementFromPoint(...pointer) : null;
  const places = [under, document.activeElement].filter((each) => list.contains(each));
  return !isSelected(list) && places.every((each) => row.contains(each));
}

export function onStir({ type, pointerType, clientX, clientY }) {
  stirredAt = performance.now();
  if (type.startsWith("pointer")) pointer = pointerType === "mouse" ? [clientX, clientY] : null;
}

const rowUnderPointer = () => pointer && document.elementFromPoint(...pointer)?.closest("#screen [id]");
export const rowInFocus = () => document.activeElement?.closest("#screen li");

/** What of a row has the focus when the row has. */
export const gripOf = (row) => (row?.matches("[data-grip]") ? row : row?.querySelector("[data-grip]"));

/** Does something to the page, and scrolls it so that the row under the hand stays where it is. */
export function keepStill(act) {
  const row = isStirred() ? (rowUnderPointer()?.closest("li, [role=row]") ?? rowInFocus()) : null;
  const before = row?.getBoundingClientRect().top;
  act();
  const shift = row?.isConnected && !row.closest("dialog") ? row.getBoundingClientRect().top - before : 0;
  if (Math.abs(shift) >= 1) scrollBy(0, shift);
}

/* Nobody presses what has just come under the pointer: it may act on somebody else */

const SETTLED_MS = 400;
let shiftedAt = -SETTLED_MS;

export function refuseSlip(event) {
  const isHand = event.detail && event.target.closest("[data-hand]"); // a key has no place to slip from
  if (!isHand || performance.now() - shiftedAt > SETTLED_MS) return;
  event.preventDefault();
  event.stopPropagation();
  document.dispatchEvent(new CustomEvent("eqboard:slipped"));
}

export function noteSlip(act) {
  const before = rowUnderPointer();
  act();
  if (rowUnderPointer() !== before) shiftedAt = performance.now();
}

/** What makes no sense now says why, and is not pressed. */
export function refuseDisabled(event) {
  const button = event.target.closest?.(":is(#screen, #panel-body) [aria-disabled='true']");
  if (!button) return;
  event.preventDefault();
  event.stopPropagation();
  document.dispatchEvent(new CustomEvent("eqboard:nobody", { detail: button.title }));
}
