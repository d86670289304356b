/* Which language the page speaks, and how it says words, times and texts from outside. */

import { WORDS } from "./words.js";

const CHOSEN = "eqboard-language";

function remembered() {
  try {
    return localStorage.getItem(CHOSEN);
  } catch {
    return null; /* no storage: the browser decides */
  }
}

function wanted() {
  const asked = [remembered(), ...navigator.languages].map((tag) => (tag || "").toLowerCase().split("-")[0]);
  return asked.map((tag) => (tag === "iw" ? "he" : tag)).find((tag) => tag in WORDS) || "en";
}

export let language = wanted();

export function choose(tag) {
  language = tag;
  try {
    localStorage.setItem(CHOSEN, tag);
  } catch {
    /* no storage: it lasts as long as the page */
  }
  translate();
}

/* A word of ours, or the key of one that there is not; `values` fill its braces. */
export function word(key, values = {}) {
  return (WORDS[language][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

export function translate() {
  document.documentElement.lang = language;
  document.documentElement.dir = language === "he" ? "rtl" : "ltr";
  document.title = `${word("training")} · eqboard`;
  for (const each of document.querySelectorAll("[data-word]")) each.textContent = word(each.dataset.word);
  document.dispatchEvent(new Event("translated"));
}

/* Seconds as 0:07, 2:13, 1:04:09. */
export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  if (whole >= 3600) parts.unshift(Math.floor(whole / 3600));
  return parts.map((part, place) => (place ? String(part).padStart(2, "0") : String(part))).join(":");
}

/* A text that somebody else wrote, to stand inside a sentence of ours: whatever it does to the direction of writing
   ends with it (U+2068, U+2069), and it is short enough to be listened to. */
export function quoted(text) {
  return `\u2068${tame(text).slice(0, 80)}\u2069`;
}

/* Without what has no shape of its own and changes that of others: bidi controls, the other control characters, and
   halves of characters. The same mark stands for each. */
export function tame(text) {
  return String(text ?? "").replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/gu, "\ufffd");
}
