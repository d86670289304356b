/* EQ as a whole: how it is, who wants it so, and the form that orders it. */

import { byId, keep, make, put, showChoices } from "./parts.js";
import { quoted, span, word } from "./speech.js";
import { run, stop } from "./view.js";

const USUALLY_FAIL = ["call_queue_agents.all", "call_queue_agents.combined"];

/* What a board lives by; these have names in words. All else is for those who know its code. */
const NAMED = [
  ...USUALLY_FAIL,
  "queued_calls.all",
  "call_queue_statistics.all",
  "parked_calls.all",
  "conferences.all",
  "active_sessions.agents",
  "call_queues.get",
  "agents.get",
  "pause_codes.get",
  "call_queue_agents.pause",
  "call_queue_agents.resume",
];

const form = byId("eq-form");
let inForce = null;
let isChoosing = false;

/* `clock` is the server's, in UNIX seconds: what somebody orders for a while runs on it, however fast the world goes. */
export function showMode(eq, clock) {
  inForce = eq;
  byId("as-scenario").hidden = !eq.has_accidents;
  byId("mode").dataset.level = eq.mode === "fine" ? "calm" : "critical";
  put(byId("mode-name"), word(`mode.${eq.mode}`));
  showAuthor(eq, clock);
  if (!isChoosing) follow();
}

function showAuthor(eq, clock) {
  const author = byId("mode-left"); /* outside the live region, or every second would be read out */
  const by = eq.by === "hand" || eq.has_accidents ? word(`mode.by.${eq.by}`) : "";
  if (eq.until === null) stop(author, by);
  else run(author, eq.until - clock, { rate: -1, show: (left) => by + word("mode.until", { time: span(left) }) });
}

/* The form shows what is in force, unless the trainer is about to order something else. */
function follow() {
  form.elements.mode.value = choiceOf(inForce);
  if (inForce.operations.length) {
    for (const box of boxes()) box.checked = inForce.operations.includes(box.value);
  }
  showAbout();
}

function choiceOf(eq) {
  return eq.by === "scenario" && eq.has_accidents ? "scenario" : eq.mode;
}

const boxes = () => byId("operations-field").querySelectorAll("input");

export function listenToChoices() {
  form.addEventListener("input", ({ target }) => {
    isChoosing = target.name !== "mode" || !inForce || target.value !== choiceOf(inForce);
    showAbout();
  });
}

/* What was chosen has become an order. */
export function choiceIsMade() {
  isChoosing = false;
}

export function showAbout() {
  const mode = form.elements.mode.value;
  put(byId("mode-about"), word(`mode.${mode}.about`));
  byId("operations-field").hidden = mode !== "half_broken";
  byId("mode-span").hidden = mode === "scenario";
}

export function chosenOperations() {
  return [...boxes()].filter((box) => box.checked).map((box) => box.value);
}

/* Whether EQ is still as somebody was told after ordering it. */
export function isStillSo(told, eq) {
  if (told.by === "scenario") return eq.by === "scenario";
  return ["mode", "by", "until"].every((name) => told[name] === eq[name]) && String(told.operations) === String(eq.operations);
}

/* The operations */

export function operationName(operation) {
  return NAMED.includes(operation) ? word(`operation.${operation}`) : "";
}

export function showOperations(operations) {
  const codes = operations.map(({ operation }) => operation);
  const named = NAMED.filter((operation) => codes.includes(operation));
  const reads = operations.filter(({ method }) => method === "GET").map(({ operation }) => operation);
  const others = [...new Set([...reads, ...codes])].filter((operation) => !NAMED.includes(operation));
  keep(byId("operations"), named, (operation) => operation, buildBox, fillBox);
  keep(byId("other-operations"), others, (operation) => operation, buildBox, fillBox);
  showChoices(byId("fault-operations"), [
    ["", word("fault.every_operation")],
    [word("operations.named"), named.map((operation) => [operation, `${quoted(operationName(operation))} (${operation})`])],
    [word("operations.all"), others.map((operation) => [operation, operation])],
  ]);
}

function buildBox(operation) {
  const box = make("input", { type: "checkbox", value: operation });
  box.checked = USUALLY_FAIL.includes(operation);
  const code = make("bdi", { class: "code", translate: "no" }, operation);
  return make("label", {}, box, make("span", {}, make("span", { class: "title" }), " ", code));
}

function fillBox(row, operation) {
  put(row.querySelector(".title"), operationName(operation));
}
