/* Strokes: what a message is made of, written as htmx's out-of-band swaps. They are put on the page here and not by htmx,
   so that an element which stays is changed, not replaced: then it keeps the focus, a selected text, what is folded open
   and what an action says about itself. The DOM always has the server's order. */

import { isSelected } from "./hand.js";

const OURS = new Set(["style", "tabindex", "open", "data-long", "data-beyond", "data-count", "data-found", "data-flip", "data-open", "data-head", "data-roomy", "data-overflows", "data-steady", "data-picked", "aria-description"]); // kept by the page
const FACTS = ["data-since", "data-until", "data-breach", "data-at-least", "data-warning", "data-critical"];
const TICKING = "time.ticks, .age, [data-clock]"; // ticking.js writes what is in them
const byId = (id) => (id ? document.getElementById(id) : null);

const leaving = new Set(); // rows that are no longer in their lists once the frame has ended, unless they come again: moved

/** Puts a message on the page. Returns whether the frame has ended with it: its pulse comes last. */
export function putAll(message) {
  const template = document.createElement("template");
  template.innerHTML = message;
  const strokes = [...template.content.children];
  for (const stroke of strokes) put(stroke);
  return strokes.some(({ id }) => id === "pulse");
}

/** The rows that the frame has taken from their lists; each is told once. */
export function takeLeaving() {
  const rows = [...leaving];
  leaving.clear();
  return rows;
}

function put(stroke) {
  const [how, place] = (stroke.getAttribute("hx-swap-oob") ?? "outerHTML").split(":");
  const target = byId(place?.slice(1) ?? stroke.id);
  stroke.removeAttribute("hx-swap-oob");
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

/** Without losing what is selected in it; nor the focus, where the browser can do that (else rows.js gives it back). */
function move(parent, node, next) {
  const { anchorNode, anchorOffset, focusNode, focusOffset } = isSelected(node) ? getSelection() : {};
  if (parent.moveBefore) parent.moveBefore(node, next);
  else parent.insertBefore(node, next);
  if (anchorNode) getSelection().setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
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

export const isWaiting = () => waiting.size > 0;

/** What was selected, and is no more, becomes what it was to be. */
export function becomeAtLast() {
  for (const [id, fresh] of waiting) {
    const old = byId(id);
    if (!old) waiting.delete(id);
    else if (!isSelected(old)) become(old, fresh);
  }
}

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
  const facts = old.matches("time") ? FACTS : ["id", "role", "hx-get", "hx-post"]; // read once, by clock.js and htmx
  return facts.every((name) => old.getAttribute(name) === fresh.getAttribute(name));
}

/** Also for what is renewed in another way than by messages: the panel. */
export function change(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data && !isSelected(old)) old.data = fresh.data;
    return;
  }
  if (old.hasAttribute("hx-preserve") || old.isEqualNode(fresh)) return;
  if (isSelected(old) && isWhole(old)) waiting.set(old.id, fresh.cloneNode(true)); // what is in no row, with the whole board
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !OURS.has(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value && !OURS.has(name)) old.setAttribute(name, value);
  }
  if (old.matches("ul[id], tbody[id], [data-ranked]")) arrange(old, [...fresh.children]);
  else if (!old.matches(TICKING)) changeContent(old, fresh);
}

/** With nothing in it that is told of by itself, and would be told anew too late. */
const isWhole = (element) => element.id && !element.querySelector("[id]");

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
