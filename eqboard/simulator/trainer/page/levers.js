/* The trainer's presses. Each is one request; what came of it stands beside it, for as long as it is true. */

import { choiceIsMade, chosenOperations, isStillSo } from "./eq.js";
import { byId } from "./parts.js";
import { explain, tell } from "./refusals.js";
import { ask } from "./server.js";
import { word } from "./speech.js";

/* By what is said: whether it is still true of what the page has `seen`, after the server's answer to the press. */
const STILL_TRUE = {
  "said.mode": (told, seen) => isStillSo(told, seen.eq),
  "said.mode.scenario": (told, seen) => isStillSo(told, seen.eq),
  "said.fault": (id, seen) => seen.faults.some((fault) => fault.id === id),
};
const standing = new Map(); /* of what is said beside a press: whether it is still true */

/* `onDone` is called after each press, as the page should show soon what it has changed. */
export function listen(onDone) {
  for (const form of document.querySelectorAll("form.lever")) {
    form.noValidate = true; /* the server judges, and this page says so in its own language */
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      pull(form, event.submitter, onDone);
    });
  }
  const takeAway = (button) => ["DELETE", button.dataset.path];
  listenTo(byId("callers"), byId("callers-said"), takeAway, onDone);
  listenTo(byId("faults"), byId("faults-said"), takeAway, onDone);
  const change = (button) => ["POST", "/control/machine", JSON.parse(button.dataset.fields)];
  listenTo(byId("processes"), byId("processes-said"), change, onDone);
}

export function forgetWhatIsOver(seen) {
  for (const [said, isTrue] of standing) {
    if (isTrue(seen)) continue;
    standing.delete(said);
    tell(said, "");
  }
}

async function pull(form, submitter, onDone) {
  const source = submitter?.dataset.lever ? submitter : (form.querySelector("input[data-lever]:checked") ?? form);
  const [method, path] = source.dataset.lever.split(" ");
  const request = () => ask(method, path, fieldsOf(form, submitter));
  await press(form.querySelector(".said"), request, source.dataset.said, onDone, form);
}

function fieldsOf(form, submitter) {
  const fields = new FormData(form, submitter);
  if (fields.get("mode") === "half_broken") fields.set("operations", chosenOperations().join(","));
  return fields;
}

function listenTo(list, said, request, onDone) {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) press(said, () => ask(...request(button)), "said.done", onDone);
  });
}

async function press(said, request, key, onDone, form = null) {
  if (said.dataset.busy) return;
  said.dataset.busy = "true";
  const answer = await request();
  delete said.dataset.busy;
  standing.delete(said);
  if (answer.value === undefined) complain(said, answer, form, key);
  else confirm(said, answer.value, key);
  onDone();
}

function confirm(said, value, key) {
  tell(said, value?.of === 0 ? word("said.moved.none") : word(key, value ?? {}));
  if (key in STILL_TRUE) standing.set(said, (seen) => STILL_TRUE[key](value, seen));
  if (key.startsWith("said.mode")) choiceIsMade();
}

function complain(said, answer, form, key) {
  const { sentence, lang, field } = explain(answer, form, key.replace("said.", ""));
  tell(said, sentence, { level: "critical", lang });
  field?.focus();
}
