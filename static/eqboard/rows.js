/* How messages become the page, and how what is under the hand stays where it is.

   A message is made of strokes, written as htmx's out-of-band swaps. They are put on the page here and not by htmx, so
   that an element which stays is changed, not replaced: then it keeps the focus, a selected text, what is folded open
   and what an action says about itself. The DOM always has the server's order. What is seen first is decided by CSS
   `order`, and while a hand is on a list, that order is kept: new rows come last, and rows that left keep their place. */

import { align, balance, measure, rank, rankOf, setOrder } from "./lists.js";

const OURS = new Set(["style", "tabindex", "open", "data-long", "data-beyond", "data-count", "data-found", "data-flip", "data-open", "data-head", "data-roomy"]); // kept by the page
const FACTS = ["data-since", "data-until", "data-breach", "data-at-least", "data-warning", "data-critical"];
const TICKING = "time.ticks, .age, [data-clock]"; // board.js writes what is in them
const byId = (id) => (id ? document.getElementById(id) : null);
const all = (selector) => document.querySelectorAll(selector);
const words = document.body.dataset;

/* The hand: a pointer, a finger, the focus, or a selected text. One that has not stirred for a while is none: a
   screen that nobody touches has to be in order. */

const REST_SECONDS = 30;
let pointer = null; // where the mouse is
let stirredAt = 0;

const isStirred = () => performance.now() - stirredAt < REST_SECONDS * 1000;

let ends = []; // where a selection begins and ends; what lies between may change without dropping it

/** Once before anything changes: to ask for a selection has the whole page laid out. */
function lookAtSelection() {
  const selection = isStirred() ? getSelection() : null;
  ends = !selection || selection.isCollapsed ? [] : [selection.anchorNode, selection.focusNode];
}

const isSelected = (node) => ends.some((end) => node.contains(end));

function isUnderHand(list) {
  if (!isStirred()) return false;
  return (pointer && list.matches(":hover")) || list.matches(":active, :focus-within") || isSelected(list);
}

function onStir({ type, pointerType, clientX, clientY }) {
  stirredAt = performance.now();
  if (type.startsWith("pointer")) pointer = pointerType === "mouse" ? [clientX, clientY] : null;
}

const rowUnderPointer = () => pointer && document.elementFromPoint(...pointer)?.closest("#screen [id]");
const rowInFocus = () => document.activeElement?.closest("#screen li");

/* Strokes */

let hasEnded = false; // the frame: its pulse comes last
const leaving = new Set(); // rows that are no longer in their lists once it has

function put(stroke) {
  const [how, place] = (stroke.getAttribute("hx-swap-oob") ?? "outerHTML").split(":");
  const target = byId(place?.slice(1) ?? stroke.id);
  stroke.removeAttribute("hx-swap-oob");
  hasEnded ||= stroke.id === "pulse";
  if (!target) return console.error(`There is no place for ${place ?? stroke.id}`);
  if (stroke.id === "screen") startAnew();
  const content = [...(stroke.content ?? stroke).children];
  if (how === "delete") leaving.add(target);
  else if (how === "innerHTML") arrange(target, content);
  else if (how === "afterbegin") insert(target, content, target.firstElementChild);
  else if (how === "afterend") insert(target.parentElement, content, target.nextElementSibling);
  else become(target, stroke);
}

/** With the whole board: it tells anew who leaves, and each row that is selected waits anew. */
function startAnew() {
  leaving.clear();
  waiting.clear();
}

/** The rows of a list from the place before `next` on. One that is in the list already has moved. */
function insert(list, rows, next) {
  for (const row of rows) {
    const here = byId(row.id);
    if (here?.parentElement !== list) {
      adopt(list, row, next);
      continue;
    }
    leaving.delete(here);
    if (here === next) next = next.nextElementSibling;
    else move(list, here, next);
    become(here, row);
  }
}

function arrange(list, rows) {
  for (const row of list.children) if (row.id) leaving.add(row);
  insert(list, rows, list.firstElementChild);
}

/** Without losing the focus, where the browser can do that. */
function move(parent, node, next) {
  if (parent.moveBefore) parent.moveBefore(node, next);
  else parent.insertBefore(node, next);
}

function adopt(parent, node, next) {
  for (const each of node.querySelectorAll?.("[hx-preserve]") ?? []) {
    const kept = byId(each.id);
    if (kept) each.replaceWith(kept);
  }
  parent.insertBefore(node, next);
  if (node.nodeType === Node.ELEMENT_NODE) htmx.process(node);
}

/* Becoming: the old element is changed into the fresh one. Text that is selected waits until it is not. */

const waiting = new Map(); // what an element becomes once nothing in it is selected, by its id

function become(old, fresh) {
  if (old.id !== "screen" && isSelected(old)) waiting.set(old.id, fresh.cloneNode(true));
  else waiting.delete(old.id);
  if (isAlike(old, fresh)) return change(old, fresh);
  adopt(old.parentNode, fresh, old);
  old.remove();
}

function isAlike(old, fresh) {
  if (old.nodeName !== fresh.nodeName) return false;
  if (old.nodeType !== Node.ELEMENT_NODE) return true;
  const facts = old.matches("time") ? FACTS : ["id", "role", "hx-get", "hx-post"]; // read once, by board.js and htmx
  return facts.every((name) => old.getAttribute(name) === fresh.getAttribute(name));
}

function change(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data && !isSelected(old)) old.data = fresh.data;
    return;
  }
  if (old.hasAttribute("hx-preserve") || old.isEqualNode(fresh)) return;
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !OURS.has(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value && !OURS.has(name)) old.setAttribute(name, value);
  }
  if (old.matches("ul[id], tbody[id], [data-ranked]")) arrange(old, [...fresh.children]);
  else if (!old.matches(TICKING)) changeContent(old, fresh);
}

function changeContent(old, fresh) {
  let next = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const match = matchFor(wanted, next);
    if (!match) adopt(old, wanted, next);
    else {
      while (next !== match) next = drop(next);
      next = match.nextSibling;
      change(match, wanted);
    }
  }
  while (next) next = drop(next);
}

/** The node that is changed into the wanted one: the next, or one further on that is called the same. */
function matchFor(wanted, next) {
  const isCalledAlike = (each) => isAlike(each, wanted) && each.className === wanted.className;
  if (next && isCalledAlike(next)) return next;
  if (wanted.id || wanted.className) {
    for (let each = next; each; each = each.nextSibling) if (isCalledAlike(each)) return each;
  }
  return next && isAlike(next, wanted) ? next : null;
}

/** Removes a node, unless it is selected. Returns the one after it. */
function drop(node) {
  const next = node.nextSibling;
  if (!isSelected(node)) node.remove();
  return next;
}

/* Order (lists.js) */

const lists = () => all("#screen :is(ul[id], [data-ranked])");

const held = new Map(); // lists under the hand, and how many places are taken in each

function hold() {
  if (!isStirred() && !held.size) return;
  for (const list of lists()) {
    if (isUnderHand(list)) {
      if (!held.has(list)) freeze(list);
    } else if (held.has(list)) release(list);
  }
  if (held.size) for (const part of all("#screen .part:not([data-steady])")) steady(part);
}

/** What is above a list must not shrink while the hand is on it; what grows there is scrolled away (`keepStill`). */
function steady(part) {
  part.dataset.steady = "";
  part.style.minBlockSize = `${part.offsetHeight}px`;
}

function freeze(list) {
  const rows = [...list.children];
  rows.sort((one, other) => Number(one.style.order) - Number(other.style.order));
  rows.forEach((row, place) => setOrder(row, place + 1));
  held.set(list, rows.length);
}

function release(list) {
  held.delete(list);
  for (const gone of list.querySelectorAll(":scope > [data-gone]")) takeAway(gone);
  list.removeAttribute("data-held");
  measure(list);
  rank(list);
  fitIn(list);
}

/** After a message: rows that left are gone, or in a list under the hand are shown as gone; every list is in order. */
function settle() {
  for (const row of leaving) {
    if (held.has(row.parentElement)) fade(row);
    else row.remove();
  }
  leaving.clear();
  for (const list of lists()) {
    measure(list);
    if (held.has(list)) addTo(list);
    else {
      if ("ranked" in list.dataset) rank(list);
      fitIn(list);
    }
  }
}

function fitIn(list) {
  if (list.matches(".tiles, .lines")) layOut(list);
  if (list.matches(".plans")) list.tabIndex = list.matches("[data-beyond~='12']") ? 0 : -1; // it scrolls in its place (planning.css), and a key must reach it
}

/* Tiles stand in even rows, and the lines of a table in columns: anew when there are more or fewer of them, or more or
   less room */

const laidOut = new WeakMap();
const room = new ResizeObserver((entries) => entries.forEach(({ target, contentRect }) => layOut(target, contentRect.width)));

function layOut(list, width = laidOut.get(list)?.width) {
  const before = laidOut.get(list);
  const count = list.childElementCount;
  const columns = list.previousElementSibling?.firstElementChild?.childElementCount;
  if (before?.count === count && before.width === width && before.columns === columns) return;
  laidOut.set(list, { count, width, columns });
  if (list.matches(".tiles")) balance(list);
  else align(list);
  room.observe(list);
}

/** A row that left keeps its place and the focus, but nothing can be done to it any more. */
function fade(row) {
  const hadFocus = row.contains(document.activeElement);
  row.dataset.gone = "";
  for (const each of [row, ...row.querySelectorAll("[id]")]) each.removeAttribute("id"); // it may come back meanwhile
  for (const each of row.querySelectorAll(".hand, .mark")) each.remove();
  row.append(Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: words.sayGone }));
  if (hadFocus) gripOf(row)?.focus({ preventScroll: true });
}

/** The focus stays with the list, never with a neighbour: the next key would act on somebody else. */
function takeAway(row) {
  const list = row.contains(document.activeElement) ? row.parentElement : null;
  row.remove();
  if (!list) return;
  list.tabIndex = -1;
  list.focus({ preventScroll: true });
}

const gripOf = (row) => (row?.matches("[data-grip]") ? row : row?.querySelector("[data-grip]"));

function addTo(list) {
  const rows = [...list.children];
  let taken = held.get(list);
  for (const row of rows) if (!row.style.order) setOrder(row, (taken += 1));
  held.set(list, taken);
  const ranks = rows.map((row, place) => ({ rank: rankOf(list, row), place, order: Number(row.style.order) }));
  ranks.sort((one, other) => one.rank - other.rank || one.place - other.place);
  const isOrdered = ranks.every(({ order }, place) => !place || order > ranks[place - 1].order);
  list.toggleAttribute("data-held", !isOrdered || list.querySelector(":scope > [data-gone]") !== null);
}

function letGo() {
  lookAtSelection();
  for (const list of [...held.keys()]) if (!list.isConnected || !isUnderHand(list)) release(list);
  if (!held.size) for (const part of all("#screen .part[data-steady]")) loosen(part);
  for (const [id, fresh] of waiting) {
    const old = byId(id);
    if (!old) waiting.delete(id);
    else if (!isSelected(old)) become(old, fresh);
  }
}

function loosen(part) {
  delete part.dataset.steady;
  part.style.minBlockSize = "";
}

/** Does something to the page, and scrolls it so that the row under the hand stays where it is. */
function keepStill(act) {
  const row = isStirred() ? (rowUnderPointer()?.closest("li, [role=row]") ?? rowInFocus()) : null;
  const before = row?.getBoundingClientRect().top;
  act();
  const shift = row?.isConnected && !row.closest("dialog") ? row.getBoundingClientRect().top - before : 0;
  if (Math.abs(shift) >= 1) scrollBy(0, shift);
}

/* Nobody presses what has just come under the pointer: it may act on somebody else */

const SETTLED_MS = 400;
let shiftedAt = -SETTLED_MS;

function refuseSlip(event) {
  const isHand = event.detail && event.target.closest("[data-hand]"); // a key has no place to slip from
  if (!isHand || performance.now() - shiftedAt > SETTLED_MS) return;
  event.preventDefault();
  event.stopPropagation();
  document.dispatchEvent(new CustomEvent("eqboard:slipped"));
}

function noteSlip(act) {
  const before = rowUnderPointer();
  act();
  if (rowUnderPointer() !== before) shiftedAt = performance.now();
}

/* A message */

function onMessage(event) {
  const { message, socketWrapper } = event.detail;
  if (event.defaultPrevented) return;
  event.preventDefault();
  const active = document.activeElement;
  const focus = { id: active?.id, row: rowInFocus()?.id };
  hasEnded = false;
  noteSlip(() => keepStill(() => {
    letGo();
    hold();
    const template = document.createElement("template");
    template.innerHTML = message;
    for (const stroke of [...template.content.children]) put(stroke);
    htmx.trigger(event.target, "htmx:wsAfterMessage", { message, socketWrapper }); // what follows a swap follows this
    if (hasEnded) settle();
  }));
  if (active !== document.body && !active?.isConnected) focusOn(focus.id, focus.row);
  document.dispatchEvent(new CustomEvent("eqboard:shown"));
}

/** What had the focus is gone: a button that has done its work, or a row that left. */
function focusOn(id, row) {
  const next = byId(id) ?? byId(row)?.querySelector("[data-hand]") ?? gripOf(byId(row));
  next?.focus({ preventScroll: true });
}

const look = () => held.size + waiting.size && keepStill(letGo);

for (const type of ["pointermove", "pointerdown", "keydown", "wheel", "touchmove"]) {
  document.addEventListener(type, onStir, { capture: true, passive: true });
}
document.addEventListener("htmx:wsBeforeMessage", onMessage);
document.addEventListener("click", refuseSlip, { capture: true });
for (const type of ["pointerover", "focusin", "selectionchange"]) document.addEventListener(type, look);
document.addEventListener("eqboard:focus", ({ detail }) => focusOn(detail.id, detail.row));
settle();
document.fonts.ready.then(() => all("#screen .lines").forEach(align));
