/* What the strip of somebody who listens shows. It stands on every page, also where nothing else is live, so it asks for
   itself: once when the page begins, whenever something was pressed, and then every second for as long as there is
   something to tell. */

import { clockOf, secondsAt, show } from "./clock.js";
import { look } from "./monitoring_ears.js";
import { learnFromFrame, shownNow } from "./server_time.js";

const EVERY_MS = 1000;
const PATIENCE_MS = 10_000;
const TOLD_MS = 8000; // how long the end of a listening stands there; what went wrong stays until it is dismissed
const KEPT = "eqboard-listening"; // the attempts of this tab, which a change of the page must not forget

export const strip = document.getElementById("monitoring");
const [ears, news] = strip.children;
const words = strip.dataset;
const saying = document.getElementById("monitoring-say");

let attempts = new Set(stored());
let isOn = false; // whether there was something to tell
let timer = 0;
let asking = null;
let ticker = 0;

function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? [];
  } catch {
    return [];
  }
}

function keep() {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify([...attempts]));
  } catch {
    /* no storage: it lasts as long as the page */
  }
}

/* Asking */

export async function ask() {
  clearTimeout(timer);
  asking?.abort();
  const own = (asking = new AbortController());
  try {
    await read(own.signal);
  } catch {
    if (own.signal.aborted && asking !== own) return; // another one is on its way
    strip.toggleAttribute("data-late", isOn);
  }
  asking = null;
  if ((isOn || attempts.size) && !document.hidden) timer = setTimeout(ask, EVERY_MS);
}

async function read(signal) {
  const query = new URLSearchParams([...attempts].map((each) => ["attempt", each]));
  const asked = [...attempts];
  const answer = await fetch(`${words.url}?${query}`, { headers: { "HX-Request": "true" }, signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) });
  if (answer.status === 401) return turnOff();
  if (!answer.ok) throw new Error(answer.status);
  const told = await answer.json();
  const pressedMeanwhile = [...attempts].filter((each) => !asked.includes(each));
  attempts = new Set([...told.attempts, ...pressedMeanwhile]);
  isOn = told.attempts.length > 0;
  if (isOn) learnFromFrame(told.now);
  strip.removeAttribute("data-late");
  showEars(told.ears);
  showNews(told.news);
  keep();
}

/** The session has ended. */
function turnOff() {
  attempts.clear();
  isOn = false;
  showEars("");
  keep();
}

/** An attempt has begun, here or in another tab. */
export function watch(attempt) {
  attempts.add(attempt);
  ask();
}

/* Showing */

let shown = "";

/** Whatever comes next is drawn anew. */
export const redraw = () => (shown = null);

function showEars(html) {
  if (html !== shown) {
    const focused = ears.contains(document.activeElement) ? document.activeElement.id : null;
    ears.innerHTML = shown = html;
    for (const ear of ears.children) look(ear, words);
    const heir = focused && (document.getElementById(focused) ?? ears.querySelector("button"));
    heir?.focus({ preventScroll: true });
    if (focused && !heir) news.focus({ preventScroll: true });
    saying.textContent = ears.querySelector(".ear-says > span")?.textContent ?? "";
    takeRoom();
  }
  clearInterval(ticker);
  if (ears.querySelector("time")) ticker = setInterval(tick, EVERY_MS / 4);
  tick();
}

function showNews(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const each of [...template.content.children]) if (!isTold(each)) tell(each);
}

/** A mark on the board, or what is left of it, may have said the same. */
function isTold(line) {
  const text = line.querySelector(".sentence").textContent;
  const told = document.querySelectorAll(".outcome .sentence, .heard .sentence");
  return [...told].some((each) => each.textContent.includes(text));
}

function tell(line) {
  news.append(line);
  takeRoom();
  if (line.dataset.state === "ended") setTimeout(() => dismiss(line), TOLD_MS);
}

export function say(text, state = "refused") {
  const line = Object.assign(document.createElement("p"), { className: "heard" });
  const button = Object.assign(document.createElement("button"), { type: "button", className: "dismiss" });
  button.setAttribute("aria-label", words.sayDismiss);
  button.dataset.heard = "";
  line.dataset.state = state;
  line.append(Object.assign(document.createElement("span"), { className: "sentence", textContent: text }), button);
  if (!isTold(line)) tell(line);
}

/** The next press begins: what was refused before is old news. */
export function forgetRefusals() {
  for (const line of news.querySelectorAll(":is([data-state='refused'], [data-state='denied'], [data-state='not_seen'], [data-state='hint'])")) dismiss(line);
}

export function dismiss(line) {
  line.remove();
  takeRoom();
}

function tick() {
  for (const element of ears.querySelectorAll("time")) {
    const clock = clockOf(element);
    if (clock) show(clock, secondsAt(clock, shownNow()));
  }
}

/** What else stands at the bottom of a page stands above it. */
function takeRoom() {
  strip.hidden = !ears.childElementCount && !news.childElementCount;
  document.documentElement.style.setProperty("--strip", `${strip.offsetHeight}px`);
}

document.addEventListener("visibilitychange", () => document.hidden || ask());
addEventListener("pageshow", ({ persisted }) => persisted && ask());
ask();
