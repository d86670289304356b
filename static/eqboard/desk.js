/* What a desk does when something is pressed: dialogs, what becomes of it, plain words when it fails. */

import { remember } from "./outdated.js";
import { clear, fail } from "./pressing.js";

(() => {
  const words = document.body.dataset;
  const byId = (id) => (id ? document.getElementById(id) : null);
  const all = (selector) => document.querySelectorAll(selector);

  /* What becomes of an action is told even if the row it was pressed on has left */

  let outcomes = [];

  const rememberOutcomes = () => (outcomes = [...all("#screen .mark .outcome")]);

  function saveOutcomes() {
    for (const outcome of outcomes) if (!outcome.isConnected) outliveRow(outcome);
  }

  function outliveRow(outcome, name = "") {
    remember(outcome);
    if (name) outcome.dataset.name = name;
    bearName(outcome);
    byId("notices")?.append(outcome);
    htmx.process(outcome);
  }

  /** Beside the board it says of whom it tells. */
  function bearName(outcome) {
    const { name } = outcome.dataset;
    const sentence = outcome.querySelector(".sentence");
    if (!name || sentence.textContent.includes(name)) return;
    sentence.prepend(Object.assign(document.createElement("bdi"), { className: "outside", textContent: name }), ": ");
  }

  /* Dialogs */

  const dialog = byId("dialog");
  let opener = {};

  function openDialog({ detail }) {
    const body = byId("dialog-body");
    if (detail.target !== body || dialog.open) return;
    if (!body.querySelector("form")) return notice(body.textContent.trim());
    const hand = detail.requestConfig?.elt;
    byId("dialog-notices").replaceChildren();
    opener = { id: hand?.id, row: hand?.id.replace(/-[a-z]+$/, ""), list: hand?.closest("#screen [data-roving]") };
    htmx.process(body); // it would do so a moment later: until then Enter sends the form by the browser
    dialog.showModal();
    body.querySelector("input:checked, input, button")?.focus(); // htmx has used up any autofocus before it was shown
  }

  function closeAfter({ detail }) {
    const { elt, verb } = detail.requestConfig ?? {};
    const from = verb === "post" && elt.isConnected ? elt.closest("dialog") : null; // else the dialog shows what comes next
    const isTold = detail.successful || detail.xhr?.responseText.includes('class="outcome"'); // a refusal is told beside the board
    const isHere = detail.target === byId("dialog-body") || detail.xhr?.getResponseHeader("HX-Retarget")?.startsWith("#dialog");
    if (isTold) clear(detail);
    if (from && isTold && !isHere) from.close();
  }

  /** What is still under way when its dialog is closed, and what went wrong, goes on beside the board until it is
      dismissed; what went well, as long as it can be undone (undoing.js). */
  function keepResults() {
    const results = byId("dialog-body").querySelector(".together");
    const isGood = !results?.querySelector(".outcome:not([data-state='confirmed'], [data-state='done'])");
    if (isGood && !results?.querySelector(".undo")) return;
    results.toggleAttribute("data-passing", isGood);
    byId("notices").append(results);
    htmx.process(results);
  }

  /** The row may leave while its dialog is open. The action is asked for all the same, and answered beside the board. */
  function onSubmit({ target: form }) {
    const mark = form.closest("dialog") ? form.getAttribute("hx-target") : null;
    if (!mark?.startsWith("#mark-") || byId(mark.slice(1))) return;
    form.setAttribute("hx-target", "#notices");
    form.setAttribute("hx-swap", "beforeend");
  }

  /** A mark's sentence is read out; the mark itself is replaced too often to be a live region. What went wrong needs
      more words than a row has room for, and stays until it is dismissed: it moves to the notices. */
  function settle({ target }) {
    const outcome = target.closest?.(".outcome") ?? target.querySelector?.(".mark .outcome");
    if (outcome) bearName(outcome);
    if (!outcome || ["asked", "accepted", "left"].includes(outcome.dataset.state)) return;
    byId("say").textContent = outcome.querySelector(".sentence").textContent;
    const isGood = ["confirmed", "done"].includes(outcome.dataset.state);
    if (!isGood && outcome.closest(".mark")) outliveRow(outcome, outcome.closest("li")?.querySelector(".who")?.textContent.trim());
  }

  /* Saying what went wrong */

  function notice(text) {
    const list = byId(dialog?.open ? "dialog-notices" : "notices"); // behind an open dialog nobody reads it
    if (!list || [...list.children].some((each) => each.firstChild.textContent === text)) return;
    const line = document.createElement("p");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "dismiss" });
    button.setAttribute("aria-label", words.sayDismiss);
    button.dataset.dismiss = "";
    line.className = "notice";
    line.append(Object.assign(document.createElement("span"), { textContent: text }), button);
    list.append(line);
  }

  const HINT_MS = 4000;

  /** What only helps on is quiet, is read out, and goes by itself. */
  function hint(text) {
    const line = Object.assign(document.createElement("p"), { className: "notice hint", textContent: text });
    for (const each of all("#notices > .hint")) each.remove();
    byId("notices")?.append(line);
    setTimeout(() => line.remove(), HINT_MS);
  }

  /** Asking what became of an action is no action: it goes on by itself, and nothing has to be pressed again. */
  const isFollowUp = ({ detail }) => detail.requestConfig?.verb === "get" && Boolean(detail.elt.closest?.(".outcome, .together"));

  function onRefusal(event) {
    const { xhr } = event.detail;
    if (isFollowUp(event)) return;
    if (xhr.responseText.includes('id="not-sent"')) return tell(xhr, words.sayOutdated, "refused");
    if (xhr.status === 403) return tell(xhr, words.sayForbidden, "refused");
    tell(xhr, words.sayFailed, "unknown");
  }

  function onSilence(event) {
    const { xhr, requestConfig } = event.detail;
    if (isFollowUp(event)) return;
    if (requestConfig?.verb === "get") return notice(words.sayNoAnswer);
    tell(xhr, words.sayUnsure, "unknown");
  }

  /** Where it was pressed; in the dialog that is in the way of that, too. */
  function tell(xhr, text, state) {
    const outcome = fail(xhr, text, state);
    if (!outcome || dialog?.open) notice(text);
    if (outcome && !dialog?.open) outliveRow(outcome, outcome.closest("li")?.querySelector(".who")?.textContent.trim());
    if (outcome && !dialog?.open) byId("say").textContent = text;
  }

  /** A refusal that brings its own sentence is shown where the action was; anything else in one of ours.
      A whole page where a piece was asked for is the sign-in page: the session has ended. */
  function onPiece({ detail }) {
    const { status, responseText } = detail.xhr;
    const isPage = /^\s*<!doctype/i.test(responseText);
    if (isPage && status < 400) location.reload();
    const isOurs = !isPage && (status < 400 || responseText.includes('class="outcome"'));
    detail.shouldSwap = detail.shouldSwap && isOurs;
    detail.isError = status >= 400 && !isOurs;
  }

  function onClick({ target }) {
    const close = target.closest("[data-close]");
    if (close?.closest("dialog")) close.closest("dialog").close();
    else close?.closest(".together").remove();
    byId(target.closest("[data-open]")?.dataset.open)?.showModal();
    const dismiss = target.closest("[data-dismiss]");
    if (dismiss) takeAway(dismiss.parentElement);
  }

  /** A mark is empty then: its styles ask for that. */
  function takeAway(line) {
    const mark = line.closest(".mark");
    if (mark) mark.replaceChildren();
    else line.remove();
  }

  let roomPixels = 0;

  /** Whatever lies under what is told can be scrolled free of it. Room once made stays: without it the page would move
      under the pointer of whoever has scrolled down. */
  function makeRoom([{ target }]) {
    roomPixels = Math.max(roomPixels, target.offsetHeight);
    const room = roomPixels ? `calc(${roomPixels}px + var(--space-4))` : "0px"; // and what is below them
    document.documentElement.style.setProperty("--notices", room);
  }

  /** What went well leaves by itself (dialogs.css), and then is in nobody's way. */
  function onLeft({ target, animationName }) {
    if (animationName === "leave") takeAway(target);
  }

  const listeners = {
    "eqboard:shown": saveOutcomes, "eqboard:slipped": () => notice(words.sayShifted), "eqboard:nobody": ({ detail }) => hint(detail ?? words.sayNobody), "htmx:beforeSwap": onPiece,
    "eqboard:notice": ({ detail }) => notice(detail),
    "htmx:afterRequest": closeAfter, "htmx:responseError": onRefusal, "htmx:sendError": onSilence,
    "htmx:timeout": onSilence, click: onClick, animationend: onLeft,
  };
  for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener);
  document.addEventListener("htmx:wsBeforeMessage", rememberOutcomes, { capture: true }); // before it is shown
  document.addEventListener("submit", onSubmit, { capture: true }); // before htmx looks for the target
  document.addEventListener("htmx:afterSwap", openDialog);
  document.addEventListener("htmx:afterSwap", settle);
  if (byId("notices")) new ResizeObserver(makeRoom).observe(byId("notices"));
  dialog?.addEventListener("close", keepResults);
  dialog?.addEventListener("close", () => document.dispatchEvent(new CustomEvent("eqboard:focus", { detail: opener })));
})();
