/* The dialogs that ask where a call is sent: whose telephone rings there; and, of a caller in a row, that there is nothing
   to send any more, as soon as the board shows it. What was typed stays: the call may come back, or be let go. */

import { whyBlind } from "./blind.js";

const byId = (id) => document.getElementById(id);

/** Whose telephone rings; one where somebody else is signed in is not remembered as one's own unless one says so. */
function nameWho(input) {
  const [typed, line] = [input.value.trim(), byId("destination-who")];
  const seat = [...input.list.options].find(({ value }) => value === typed);
  const whose = whoseIs(typed, line.dataset.own, seat);
  for (const each of line.children) each.hidden = each.dataset.whose !== whose;
  line.querySelector("bdi").textContent = seat?.text ?? "";
  line.querySelector(".state-word").textContent = seat?.dataset.stateWord.trim() ?? "";
  const mine = input.form.elements.remember;
  if (mine && !("isChosen" in mine.dataset)) mine.checked = !seat;
}

function whoseIs(typed, own, seat) {
  if (!typed) return "";
  if (typed === own) return "own";
  if (seat) return "agent";
  return own ? "other" : "";
}

const destination = (event) => (event.target.id === "destination" ? event.target : null);

/** Why nothing can be sent now; "" if it can. Whoever is at it is known by the mark that everybody sees on the row. */
function whyNot({ dataset }, row) {
  if (!row) return dataset.sayGone;
  const claim = row.querySelector(".claim");
  return claim ? dataset.sayClaimed.replace("{claim}", claim.textContent.trim()) : whyBlind(row);
}

/** Not while one's own press is on its way: by that the row leaves. */
const isAsked = (form) => form.querySelector(".primary").disabled || byId("dialog-notices").querySelector("[data-state='asked']");

function lookAtRow() {
  const form = document.querySelector("#dialog[open] form[data-say-gone]");
  const mark = form?.getAttribute("hx-target") ?? "";
  if (mark.startsWith("#mark-") && !isAsked(form)) tell(form, whyNot(form, byId(mark.slice("#mark-".length))));
}

function tell(form, text) {
  const [line, button] = [form.querySelector(".why-not"), form.querySelector(".primary")];
  if (line.textContent === text) return;
  line.textContent = text;
  if (text) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
  button.title = text;
}

/** However it is pressed, it says why, and is not sent. */
function refuse(event) {
  const button = event.target.querySelector?.(".primary[aria-disabled='true']");
  if (!button?.form.matches("[data-say-gone]")) return;
  event.preventDefault();
  event.stopPropagation();
  button.focus();
}

document.addEventListener("submit", refuse, { capture: true });
document.addEventListener("eqboard:shown", lookAtRow);
document.addEventListener("eqboard:sight", lookAtRow);
document.addEventListener("htmx:afterRequest", lookAtRow);
document.addEventListener("input", (event) => destination(event) && nameWho(event.target));
document.addEventListener("change", ({ target }) => {
  if (target.name === "remember") target.dataset.isChosen = "";
});
document.addEventListener("focusin", (event) => {
  const input = destination(event);
  if (!input) return;
  nameWho(input);
  if (byId("destination-who").dataset.own) input.select(); // whoever types sends the call to another telephone than their own
});
