/* The trainer's presses. Each is one request; what came of it stands beside it. */

import { ask } from "./server.js";
import { byId } from "./view.js";
import { word } from "./speech.js";

/* `onDone` is called after each press, as the page should show soon what it has changed. */
export function listen(onDone) {
  for (const form of document.querySelectorAll("form.lever")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      pull(form, event.submitter, onDone);
    });
  }
  listenTo(byId("callers"), byId("callers-said"), (button) => ["DELETE", button.dataset.path], onDone);
  listenTo(byId("faults"), byId("faults-said"), (button) => ["DELETE", button.dataset.path], onDone);
  const change = (button) => ["POST", "/control/machine", JSON.parse(button.dataset.fields)];
  listenTo(byId("processes"), byId("machine-said"), change, onDone);
}

async function pull(form, submitter, onDone) {
  const source = submitter?.dataset.lever ? submitter : form;
  const [method, path] = source.dataset.lever.split(" ");
  await press(submitter, form.querySelector(".said"), () => ask(method, path, fieldsOf(form, submitter)), source.dataset.said, onDone);
}

function fieldsOf(form, submitter) {
  const fields = new FormData(form, submitter);
  if (fields.get("mode") === "half_broken") {
    const boxes = byId("operations").querySelectorAll("input:checked");
    fields.set("operations", [...boxes].map((box) => box.value).join(","));
  }
  return fields;
}

function listenTo(list, said, request, onDone) {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) press(button, said, () => ask(...request(button)), "said.done", onDone);
  });
}

async function press(button, said, request, key, onDone) {
  if (said.dataset.busy) return;
  said.dataset.busy = "true";
  const answer = await request();
  delete said.dataset.busy;
  said.dataset.level = answer.sentence ? "critical" : "calm";
  said.lang = answer.status ? "en" : "";
  said.textContent = answer.sentence || word(key, answer.value ?? {});
  onDone(answer);
}
