/* What somebody who listens presses in their strip: another way, another try, stop. On pages without anything live too,
   so it sends for itself. What is pressed on the board is heard of here, and in the other tabs. */

import { stop, stopIsAnswered } from "./monitoring_ears.js";
import { ask, dismiss, forgetRefusals, redraw, say, strip, watch } from "./monitoring_strip.js";
import { freshNumber } from "./press_number.js";

const PATIENCE_MS = 10_000;
const LISTENING = /\/agents\/\d+\/(spy|whisper|barge-in)\/$/;
const ATTEMPT = /\/actions\/([0-9a-f-]{36})\//;

const dialog = document.getElementById("monitoring-dialog");
const words = strip.dataset;
const tabs = new BroadcastChannel("eqboard-listening");

async function press(button) {
  if (button.getAttribute("aria-disabled") === "true") return say(button.title, "hint");
  if (button.getAttribute("aria-pressed") === "true") return;
  const siblings = [...button.parentElement.children];
  for (const each of siblings) each.setAttribute("aria-disabled", "true");
  button.setAttribute("aria-busy", "true");
  forgetRefusals();
  redraw();
  if (button.matches(".ear-stop")) stop(button.closest(".ear"), words);
  await carryOut(button.dataset.earPost, { extension: button.dataset.extension });
}

async function carryOut(url, fields) {
  try {
    await send(url, fields);
  } catch {
    say(words.sayUnsure, "unknown");
  }
  stopIsAnswered();
  ask();
}

async function send(url, fields) {
  const body = new URLSearchParams({ press: freshNumber(), ...fields });
  const headers = { "X-CSRFToken": words.csrf, "HX-Request": "true" };
  const answer = await fetch(url, { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE_MS) });
  if (answer.status === 401) return location.assign(answer.headers.get("HX-Redirect") ?? "/");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (answer.headers.get("HX-Retarget") === "#dialog-body") return openForm(page.querySelector("form"));
  const outcome = page.querySelector(".outcome");
  if (!outcome) return say(answer.status === 403 ? words.sayOutdated : words.sayFailed, "unknown");
  const attempt = attemptIn(outcome.outerHTML);
  if (!attempt) return say(outcome.querySelector(".sentence").textContent, outcome.dataset.state);
  tabs.postMessage(attempt);
  watch(attempt);
}

/** A policy may demand a reason. The board's own dialog is on the board only. */
function openForm(form) {
  const title = form.querySelector("h2");
  title.removeAttribute("id");
  dialog.setAttribute("aria-label", title.textContent);
  dialog.replaceChildren(form);
  if (!dialog.open) dialog.showModal();
  form.querySelector("input:not([type=hidden])")?.focus();
}

function onSubmit(event) {
  event.preventDefault();
  const form = event.target;
  dialog.close();
  carryOut(form.getAttribute("hx-post"), Object.fromEntries(new FormData(form)));
}

const attemptIn = (html) => html.match(ATTEMPT)?.[1];

/** Pressed on the board. */
function onPressed({ detail }) {
  if (!LISTENING.test(detail.pathInfo?.requestPath ?? "")) return;
  const attempt = attemptIn(detail.xhr.responseText);
  if (!attempt) return;
  tabs.postMessage(attempt);
  watch(attempt);
}

dialog.addEventListener("submit", onSubmit);
dialog.addEventListener("click", ({ target }) => target.closest("[data-close]") && dialog.close());
strip.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-ear-post]");
  if (button) press(button);
  const line = target.closest("[data-heard]")?.parentElement;
  if (line) dismiss(line);
});
tabs.addEventListener("message", ({ data }) => watch(data));
document.addEventListener("htmx:afterRequest", onPressed);
