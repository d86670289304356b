/* The panel for an agent or a telephone: what has `data-panel` opens it. It is renewed as long as somebody looks, and
   eqboard asks EQ what goes on at a telephone only that long. What stays is changed, not replaced (strokes.js): the
   focus, what is typed, what is folded open and what an action says of itself are left alone. */

import { lookAtPanel } from "./blind.js";
import { gripOf } from "./hand.js";
import { body, outliveMark, panel, say, show, take } from "./panel.js";
import { change } from "./strokes.js";
import { lookAgain, tick } from "./ticking.js";

const RENEW_MS = 1500;
const PATIENCE_MS = 8000;
const byId = (id) => (id ? document.getElementById(id) : null);

let address = null; // of what is open
let turn = 0; // counts what was opened: an answer to an older question is none any more
let timer = 0;
let opener = {};

const owner = {
  back: () => byId(opener.id) ?? gripOf(byId(opener.row)) ?? opener.summary,
  left: () => {
    address = null;
    turn += 1;
    clearTimeout(timer);
  },
};

function open(hand) {
  const isWithin = panel.contains(hand); // from a telephone to who sits there: the way back stays
  const menu = hand.closest("details.menu");
  take(owner);
  if (!isWithin) opener = { id: menu ? "" : hand.id, row: hand.closest("#screen [id]:not(button)")?.id, summary: menu?.querySelector("summary") };
  if (menu) menu.open = false;
  begin(hand.dataset.panel);
}

/** From the palette: the focus is where it was before. */
function goTo(path) {
  take(owner);
  opener = { id: document.activeElement?.id, summary: document.activeElement };
  begin(path);
}

function begin(path) {
  address = path;
  turn += 1;
  renew(true);
}

async function renew(isFirst = false) {
  clearTimeout(timer);
  const asked = turn;
  const answer = await ask(address);
  if (asked !== turn) return;
  if (answer?.headers.has("HX-Redirect")) return location.assign(answer.headers.get("HX-Redirect"));
  if (answer?.ok) fill(answer.text, isFirst);
  else if (answer) refuse(answer);
  else say(panel.dataset.sayLate);
  if (address && !document.hidden) timer = setTimeout(renew, RENEW_MS);
}

/** Null where nobody answers. */
async function ask(path) {
  try {
    const answer = await fetch(path, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(PATIENCE_MS) });
    return { ok: answer.ok && !answer.redirected, status: answer.status, headers: answer.headers, text: await answer.text() };
  } catch {
    return null;
  }
}

const parsed = (html) => Object.assign(document.createElement("template"), { innerHTML: html }).content;

/** Who is not there any more, or not to be seen: the sentence that came says so, and nothing is asked again. Of what
    went wrong in eqboard itself only that it is old. */
function refuse({ status, text }) {
  const sentence = status < 500 ? parsed(text).querySelector(".outcome .sentence") : null;
  if (sentence) {
    address = null;
    byId("panel-title")?.closest(".side")?.remove();
  }
  say(sentence?.textContent ?? panel.dataset.sayLate);
}

function fill(html, isFirst) {
  const fresh = parsed(html).firstElementChild;
  const old = body.querySelector(":scope > .side");
  const active = document.activeElement;
  const hadFocus = body.contains(active);
  byId("panel-trouble")?.remove();
  if (old?.id === fresh.id) change(old, fresh);
  else {
    outliveMark();
    body.replaceChildren(fresh);
    htmx.process(fresh);
  }
  show();
  if (isFirst) byId("panel-title")?.focus({ preventScroll: true });
  else if (hadFocus && !active.isConnected) (byId(active.id) ?? byId("panel-title"))?.focus({ preventScroll: true });
  lookAgain();
  tick();
  lookAtPanel();
}

/* What is done there says so in the panel, also from a form in the dialog, and from one that is in a row too */

const MARK = "#panel-mark";

function onForm({ detail }) {
  const hand = detail.requestConfig?.elt;
  if (detail.target?.id !== "dialog-body" || !hand || !panel.contains(hand)) return;
  detail.target.querySelector("form")?.setAttribute("hx-target", MARK);
}

/** One that is not settled yet makes room for the next. */
function onPress({ detail }) {
  if (detail.target?.id === "panel-mark" && detail.requestConfig.verb === "post") outliveMark(true);
}

/** It was closed before the answer came. */
function onAnswer({ detail }) {
  if (detail.target?.id === "panel-mark" && panel.hidden) outliveMark();
}

/** Nothing that was typed is lost unless it was taken. */
function onSent({ detail }) {
  const form = detail.elt.closest?.(".side-dial");
  if (form && detail.successful && !/data-state="(refused|denied|unknown)"/.test(detail.xhr.responseText)) form.reset();
}

function copy(button) {
  const text = button.previousElementSibling;
  const selection = getSelection();
  selection.selectAllChildren(text);
  document.execCommand("copy"); // also where the page is not served by https
  selection.removeAllRanges();
  button.textContent = button.dataset.said;
}

function onClick({ target }) {
  const hand = target.closest?.("[data-panel]");
  if (hand) open(hand);
  const button = target.closest?.("[data-copy]");
  if (button) copy(button);
}

if (panel) {
  document.addEventListener("click", onClick);
  document.addEventListener("eqboard:panel", ({ detail }) => goTo(detail));
  document.addEventListener("htmx:afterSwap", onForm);
  document.addEventListener("htmx:beforeRequest", onPress);
  document.addEventListener("htmx:afterSwap", onAnswer);
  document.addEventListener("htmx:afterRequest", onSent);
  document.addEventListener("visibilitychange", () => { if (address && !document.hidden) renew(); });
}
