/* What EQ suffers from, and what it complains of: single faults, alerts, the machine. */

import { operationName } from "./eq.js";
import { byId, keep, make, put, showChoices } from "./parts.js";
import { quoted, span, tame, word } from "./speech.js";
import { run, stop } from "./view.js";
import { WORDS } from "./words.js";

const KINDS = Object.keys(WORDS.en).filter((key) => /^kind\.\w+$/.test(key)).map((key) => key.slice(5));
/* Of the kinds that have any: how many seconds are suggested, and how many there may be. */
const SECONDS = {
  latency: { value: 3, min: 0.001, max: 600 },
  clock_jump: { value: 3600, min: -316224000, max: 316224000 },
};
const SHOWN_ALERTS = 20;

/* `clock` is the server's, in UNIX seconds: what somebody orders for a while runs on it, however fast the world goes. */
export function showFaults(faults, clock) {
  keep(byId("faults"), faults, (fault) => fault.id, buildFault, (row, fault) => fillFault(row, fault, clock));
  byId("no-faults").hidden = faults.length > 0;
}

function buildFault() {
  const about = make("span", { class: "grow" }, make("b"), " ", make("span", { class: "title" }), " ", make("bdi", { class: "code quiet" }));
  const times = make("span", { class: "quiet times" }, make("span", { class: "often" }), " ", make("span", { class: "left" }));
  return make("li", {}, make("span", { class: "two" }, about, times), make("button", { class: "button small", type: "button" }));
}

function fillFault(row, fault, clock) {
  const what = `${word(`kind.${fault.kind}`)}${fault.kind in SECONDS ? ` ${fault.seconds} s` : ""}`;
  const code = fault.operation || [fault.method, fault.path].filter(Boolean).join(" ");
  const which = code ? operationName(fault.operation) : word("fault.every_operation");
  put(row.querySelector("b"), what);
  put(row.querySelector(".title"), which);
  put(row.querySelector(".code"), code);
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
  button.setAttribute("aria-label", word("fault.remove.which", { fault: `${what}, ${which || quoted(code)}` }));
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
  put(byId("problems"), machine.problems);
  const disk = byId("disk");
  if (document.activeElement !== disk && disk.dataset.known !== String(machine.disk_usage_percent)) {
    disk.value = machine.disk_usage_percent;
    disk.dataset.known = machine.disk_usage_percent;
  }
}

function buildProcess([name]) {
  const title = make("span", { class: "grow" }, make("bdi", { class: "code", translate: "no" }, name));
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

export function showKinds() {
  showChoices(byId("kinds"), KINDS.map((kind) => [kind, word(`kind.${kind}`)]));
  showKindAbout();
}

function showKindAbout() {
  put(byId("kind-about"), word(`kind.${byId("kinds").value}.about`));
}

/* Another kind has other seconds, or none. */
export function showKind() {
  const seconds = SECONDS[byId("kinds").value];
  const field = byId("fault-seconds");
  field.hidden = !seconds;
  Object.assign(field.querySelector("input"), { disabled: !seconds, ...seconds }); /* disabled, it is not sent */
  showKindAbout();
}

export function showSpans() {
  for (const select of document.querySelectorAll("[data-spans]")) {
    showChoices(select, ["", "30", "60", "300", "900"].map((span) => [span, word(`span.${span}`)]));
  }
}

export function showAgents(agents) {
  showChoices(byId("agents"), agents.map((agent) => [String(agent.id), `${tame(agent.number)} ${tame(agent.name)}`]));
  for (const button of byId("agents").form.querySelectorAll("button")) button.disabled = !agents.length;
}
