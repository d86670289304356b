/* A press: it has a number, by which it acts once however often it is sent; it is seen at once, before anybody answers;
   and an answer that does not come is told as that. */

import { freshNumber } from "./press_number.js";

const words = document.body.dataset;
const byId = (id) => document.getElementById(id);
const PATIENCE_MS = 15000; // eqboard answers at once, also when EQ is slow

function number({ detail }) {
  if (detail.verb !== "post") return;
  if (!detail.parameters.press) detail.parameters.press = freshNumber(); // a form brings its own
  detail.timeout ||= PATIENCE_MS;
}

/* Until there is an answer, something stands where it will be */

const standIns = new WeakMap(); // by request

function element(state, text) {
  const outcome = Object.assign(document.createElement("span"), { className: "outcome" });
  const sign = Object.assign(document.createElement("i"), { className: "outcome-sign" });
  sign.setAttribute("aria-hidden", "true");
  outcome.dataset.state = state;
  outcome.append(sign, Object.assign(document.createElement("span"), { className: "sentence", textContent: text }));
  return outcome;
}

/** In the mark of what is acted on, or in the place of what is told there. */
function standIn(target) {
  const pending = element("asked", words.sayAsking);
  if (target.matches(".outcome")) {
    target.dataset.state = "asked";
    target.replaceChildren(...pending.childNodes);
    return target;
  }
  const mark = target.closest(".mark");
  mark?.replaceChildren(pending);
  return mark ? pending : null;
}

/** Also in the dialog where it was pressed, which hides the mark. */
function show({ detail }) {
  const { elt, target, xhr, requestConfig } = detail;
  if (requestConfig.verb !== "post") return;
  const inDialog = elt.closest("#dialog") ? element("asked", words.sayAsking) : null;
  if (inDialog) byId("dialog-notices").replaceChildren(inDialog);
  standIns.set(xhr, { place: standIn(target), inDialog });
  xhr.addEventListener("loadend", () => elt.isConnected || answerApart(detail));
}

/** Of a button that has left with its row, nothing is heard any more. */
function answerApart(detail) {
  const { xhr } = detail;
  if (xhr.responseText.includes('class="outcome"')) clear(detail);
  else fail(xhr, xhr.status ? words.sayFailed : words.sayUnsure, "unknown");
}

/** What stood in for the answer goes. If the row has left meanwhile, the answer takes its place beside the board: htmx has
    put it where nobody sees it. */
export function clear({ xhr, target }) {
  const { place, inDialog } = standIns.get(xhr) ?? {};
  const answer = target?.isConnected ? null : target?.querySelector(".outcome");
  standIns.delete(xhr);
  inDialog?.remove();
  if (!place?.isConnected) return;
  if (answer) {
    place.replaceWith(answer);
    htmx.process(answer);
  } else if (place.parentElement.matches(".mark")) place.remove();
}

/** There is no answer, or none that says what became of it: that is told where it was pressed. Returns the outcome that
    says so, if there is a place for it. */
export function fail(xhr, text, state) {
  const { place, inDialog } = standIns.get(xhr) ?? {};
  standIns.delete(xhr);
  inDialog?.remove();
  if (!place?.isConnected) return null;
  const outcome = element(state, text);
  const dismiss = Object.assign(document.createElement("button"), { type: "button", className: "dismiss" });
  dismiss.dataset.dismiss = "";
  dismiss.setAttribute("aria-label", words.sayDismiss);
  outcome.append(dismiss);
  place.replaceWith(outcome); // what it was asks no more
  return outcome;
}

document.addEventListener("htmx:configRequest", number);
document.addEventListener("htmx:beforeSend", show);
