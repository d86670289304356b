/* Putting a list in order: by dragging a handle with mouse, pen or finger; by keyboard; and by pressing a handle and
   then another, for whoever cannot drag. What is moved never leaves the document, its neighbours change sides: so it
   keeps its focus and its pointer, and Escape can put everything back. */

const SLIP = 5; // so many pixels are still a press and not a drag
const WIDE = 0.6; // of the list: such an item has its row for itself

let held = null; // { item, list, before, x, y, isDragged, hasMoved }

export function sortable(list, tell) {
  list.addEventListener("pointerdown", (event) => press(event, list, tell));
  list.addEventListener("click", (event) => pressByKey(event, list, tell));
  list.addEventListener("keydown", (event) => onKey(event, tell));
  list.addEventListener("focusout", ({ target }) => {
    if (held?.item.contains(target) && !held.isDragged) drop(tell);
  });
}

const itemOf = (grip, list) => [...list.children].find((each) => each.contains(grip));

export const shown = (list) => [...list.children].filter((each) => !each.hidden);

/** Where an item is among those that are shown, from 0. */
const placeOf = (item) => shown(item.parentElement).indexOf(item);

function press(event, list, tell) {
  const grip = event.target.closest(".grip");
  if (!grip || event.button) return;
  event.preventDefault(); // nothing is selected by dragging; the focus is given below
  const item = itemOf(grip, list);
  if (held?.list === list && !held.isDragged) {
    if (held.item !== item) move(held.item, placeOf(item), tell);
    return drop(tell);
  }
  hold(item, list, grip, tell, { x: event.clientX, y: event.clientY, isDragged: true });
}

/** Enter and Space press a button, and so do assistive programs; a pointer's clicks are numbered. */
function pressByKey(event, list, tell) {
  const grip = event.target.closest(".grip");
  if (!grip || event.detail) return;
  if (held) return drop(tell);
  hold(itemOf(grip, list), list, grip, tell, {});
}

function hold(item, list, grip, tell, how) {
  grip.focus({ preventScroll: true });
  held = { item, list, before: [...list.children], ...how };
  show(true);
  tell("held", item, placeOf(item), shown(list).length);
}

function show(isHeld) {
  held.item.toggleAttribute("data-held", isHeld);
  held.list.toggleAttribute("data-sorting", isHeld);
  held.item.querySelector(".grip").setAttribute("aria-pressed", String(isHeld));
}

function drop(tell) {
  const { item, list } = held;
  show(false);
  held = null;
  tell("dropped", item, placeOf(item), shown(list).length);
}

function putBack(tell) {
  const { item, list, before } = held;
  step(item, before.indexOf(item));
  show(false);
  held = null;
  tell("back", item, placeOf(item), shown(list).length);
}

/** To a place among those that are shown. */
function move(item, place, tell) {
  const list = item.parentElement;
  const there = shown(list);
  const at = Math.max(0, Math.min(place, there.length - 1));
  if (there[at] === item) return;
  step(item, [...list.children].indexOf(there[at]));
  item.scrollIntoView({ block: "nearest" });
  tell("moved", item, at, there.length);
}

function step(item, to) {
  const all = [...item.parentElement.children];
  const from = all.indexOf(item);
  for (const each of all.slice(from + 1, to + 1)) item.before(each);
  for (const each of all.slice(to, from).reverse()) item.after(each);
}

function onKey(event, tell) {
  if (!held || held.isDragged || !event.target.closest(".grip")) return;
  const isMirrored = getComputedStyle(held.list).direction === "rtl";
  const place = placeOf(held.item);
  const act = {
    ArrowUp: () => move(held.item, place - 1, tell),
    ArrowDown: () => move(held.item, place + 1, tell),
    ArrowLeft: () => move(held.item, place + (isMirrored ? 1 : -1), tell),
    ArrowRight: () => move(held.item, place + (isMirrored ? -1 : 1), tell),
    Home: () => move(held.item, 0, tell),
    End: () => move(held.item, Infinity, tell),
    Escape: () => putBack(tell),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

/** Whether the pointer is past an item, in the direction of reading. */
function isPast(rect, width, { clientX: x, clientY: y }, isMirrored) {
  if (rect.width > width * WIDE) return y > (rect.top + rect.bottom) / 2;
  if (y < rect.top || y > rect.bottom) return y > rect.bottom;
  const middle = (rect.left + rect.right) / 2;
  return isMirrored ? x < middle : x > middle;
}

function placeUnder(event, { item, list }) {
  const isMirrored = getComputedStyle(list).direction === "rtl";
  const others = shown(list).filter((each) => each !== item);
  return others.filter((each) => isPast(each.getBoundingClientRect(), list.clientWidth, event, isMirrored)).length;
}

export function followPointer(tell) {
  document.addEventListener("pointermove", (event) => {
    if (!held?.isDragged) return;
    held.hasMoved ||= Math.hypot(event.clientX - held.x, event.clientY - held.y) > SLIP;
    if (held.hasMoved) move(held.item, placeUnder(event, held), tell);
  });
  document.addEventListener("pointerup", () => {
    if (!held?.isDragged) return;
    held.isDragged = false; // a press without a move leaves it held: the next one says where it goes
    if (held.hasMoved) drop(tell);
  });
  document.addEventListener("pointercancel", () => held?.isDragged && putBack(tell));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && held?.isDragged) putBack(tell);
  });
}
