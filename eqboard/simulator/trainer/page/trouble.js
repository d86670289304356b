/* What EQ suffers from, and what it complains of: how it is, faults in force, alerts, the machine. */

import { quoted, span, tame, word } from "./speech.js";
import { byId, keep, make, put, run, showChoices, stop } from "./view.js";

const KINDS_WITH_SECONDS = ["latency", "clock_jump"];
const USUALLY_FAIL = ["call_queue_agents.all", "call_queue_agents.combined"];
const SHOWN_ALERTS = 20;

/* `clock` is the server's, in UNIX seconds: what somebody orders for a while runs on it, however fast the world goes. */
export function showMode(eq, clock) {
  const element = byId("mode");
  element.dataset.level = eq.mode === "fine" ? "calm" : "critical";
  const mode = word(`mode.${eq.mode}`);
  if (eq.until === null) stop(element, mode);
  else run(element, eq.until - clock, { rate: -1, show: (left) => word("mode.until", { mode, time: span(left) }) });
}

export function showFaults(faults, clock) {
  keep(byId("faults"), faults, (fault) => fault.id, buildFault, (row, fault) => fillFault(row, fault, clock));
  byId("no-faults").hidden = faults.length > 0;
}

function buildFault() {
  const about = make("span", { class: "grow" }, make("b"), " ", make("bdi", { class: "code" }));
  const times = make("span", { class: "quiet times" }, make("span", { class: "often" }), " ", make("span", { class: "left" }));
  return make("li", {}, make("span", { class: "two" }, about, times), make("button", { class: "button small", type: "button" }));
}

function fillFault(row, fault, clock) {
  const what = `${word(`kind.${fault.kind}`)}${KINDS_WITH_SECONDS.includes(fault.kind) ? ` ${fault.seconds} s` : ""}`;
  const which = fault.operation || [fault.method, fault.path].filter(Boolean).join(" ") || word("fault.every_operation");
  put(row.querySelector("b"), what);
  put(row.querySelector(".code"), which);
  const often = [fault.probability < 1 ? `${Math.round(fault.probability * 100)} %` : ""];
  often.push(fault.by === "hand" ? "" : word(`fault.by.${fault.by}`), word("fault.struck", { count: fault.struck }));
  put(row.querySelector(".often"), often.filter(Boolean).join(" · "));
  const left = row.querySelector(".left");
  const more = (seconds) => `· ${word("fault.for", { time: span(seconds) })}`;
  if (fault.until === null || fault.by === "scenario") stop(left, "");
  else run(left, fault.until - clock, { rate: -1, show: more });
  const button = row.querySelector("button");
  button.hidden = fault.by !== "hand";
  button.dataset.path = `/control/faults/${fault.id}`;
  put(button, word("fault.remove"));
  button.setAttribute("aria-label", word("fault.remove.which", { fault: `${what}, ${which}` }));
}

export function showAlerts({ alerts }, now) {
  const raised = alerts.filter((alert) => alert.raised).slice(0, SHOWN_ALERTS);
  keep(byId("alerts"), raised, (alert) => alert.id, buildAlert, (row, alert) => fillAlert(row, alert, now));
  byId("no-alerts").hidden = raised.length > 0;
}

function buildAlert() {
  const about = make("span", { class: "grow" }, make("bdi", { dir: "auto", class: "title" }));
  return make("li", {}, make("span", { class: "two" }, about, make("span", { class: "quiet" }, make("bdi", { class: "code" }), " · ", make("span", { class: "since" }))));
}

function fillAlert(row, alert, now) {
  put(row.querySelector(".title"), tame(alert.name));
  put(row.querySelector(".code"), alert.type);
  run(row.querySelector(".since"), now - alert.since, {
    show: (seconds) => word("alert.since", { value: alert.value, time: span(seconds) }),
  });
}

export function showMachine(machine) {
  keep(byId("processes"), Object.entries(machine.processes), ([name]) => name, buildProcess, fillProcess);
  const disk = byId("disk");
  if (document.activeElement !== disk && disk.dataset.known !== String(machine.disk_usage_percent)) {
    disk.value = machine.disk_usage_percent;
    disk.dataset.known = machine.disk_usage_percent;
  }
}

function buildProcess([name]) {
  const title = make("bdi", { class: "code", translate: "no" }, name);
  return make("li", {}, title, make("span", { class: "state" }), make("button", { class: "button small", type: "button" }));
}

function fillProcess(row, [name, runs]) {
  const state = row.querySelector(".state");
  put(state, word(runs ? "process.runs" : "process.stopped"));
  state.dataset.level = runs ? "calm" : "critical";
  const button = row.querySelector("button");
  const action = word(runs ? "process.stop" : "process.start");
  put(button, action);
  button.dataset.fields = JSON.stringify({ [runs ? "stop" : "start"]: name });
  button.setAttribute("aria-label", word("process.which", { action, name: quoted(name) }));
}

/* What does not change while the page is open, but for the language. */

/* First what fails of a half-broken EQ unless somebody says otherwise, then the other reads: a board lives by those. */
function rank({ operation, method }) {
  return (USUALLY_FAIL.includes(operation) ? 0 : 2) + (method === "GET" ? 0 : 1);
}

export function showOperations(unsorted) {
  const list = byId("operations");
  const operations = [...unsorted].sort((one, other) => rank(one) - rank(other));
  const build = ({ operation }) => {
    const box = make("input", { type: "checkbox", value: operation });
    box.checked = USUALLY_FAIL.includes(operation);
    return make("label", {}, box, make("bdi", { class: "code", translate: "no" }, operation));
  };
  keep(list, operations, ({ operation }) => operation, build, () => {});
  const every = ["", word("fault.every_operation")];
  showChoices(byId("fault-operations"), [every, ...operations.map(({ operation }) => [operation, operation])]);
}

export function showKinds(kinds) {
  showChoices(byId("kinds"), kinds.map((kind) => [kind, word(`kind.${kind}`)]));
}

export function showSpans() {
  for (const select of document.querySelectorAll("[data-spans]")) {
    showChoices(select, ["", "30", "60", "300", "900"].map((span) => [span, word(`span.${span}`)]));
  }
}

export function showAgents(agents) {
  showChoices(byId("agents"), agents.map((agent) => [String(agent.id), `${tame(agent.number)} ${tame(agent.name)}`]));
}
