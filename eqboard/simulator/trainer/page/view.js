/* The world as the page shows it, and times that run. */

import { aText, byId, keep, make, put, showChoices } from "./parts.js";
import { quoted, span, tame, word } from "./speech.js";

const STATES = ["available", "ringing", "on_call", "wrap_up", "paused", "signed_out"];

/* Times that run by themselves between two answers, at the world's speed. */
const running = new WeakMap();
let speed = 1;

function now(time) {
  return time.seconds + ((performance.now() - time.at) / 1000) * time.rate;
}

/* `show` makes the text of it out of the seconds. */
export function run(element, seconds, { rate = speed, show = span } = {}) {
  running.set(element, { seconds, rate, show, at: performance.now() });
  element.dataset.runs = "";
  put(element, show(seconds));
}

export function stop(element, text) {
  running.delete(element);
  delete element.dataset.runs;
  put(element, text);
}

export function tick() {
  if (document.documentElement.dataset.link === "closed") return; /* nobody knows whether it goes on */
  for (const each of document.querySelectorAll("[data-runs]")) {
    const time = running.get(each);
    put(each, time.show(now(time)));
  }
}

export function showWorld(world) {
  speed = world.speed;
  put(byId("scenario"), world.scenario.name);
  put(byId("about"), world.scenario.about);
  put(byId("seed"), world.seed);
  put(byId("speed"), `${world.speed}×`);
  run(byId("uptime"), world.uptime_seconds);
  run(byId("clock"), world.now, { show: (seconds) => clockTime(seconds, world.time_zone) });
  showTotals(world);
  keep(byId("queues"), world.queues, (queue) => queue.extension, buildQueue, fillQueue);
  showQueueChoices(world.queues);
  const names = new Map(world.queues.map((queue) => [queue.extension, queue.name]));
  const fill = (row, caller) => fillCaller(row, caller, names.get(caller.queue));
  keep(byId("callers"), world.longest_waiting, (caller) => caller.unique_id, buildCaller, fill);
  byId("no-callers").hidden = world.longest_waiting.length > 0;
  showPauseCodes(world.pause_codes);
  showBooks(world.warm_seconds);
}

function showBooks(warmSeconds) {
  put(byId("books"), warmSeconds > 0 ? word("ledger.warm", { time: span(warmSeconds) }) : word("ledger.about"));
}

/* As on the wall of the call centre, wherever the trainer is. */
function clockTime(seconds, timeZone) {
  return new Date(seconds * 1000).toLocaleTimeString("en-GB", { timeZone });
}

function showTotals(world) {
  const { totals } = world;
  put(byId("total-waiting"), totals.waiting);
  wait(byId("total-longest"), totals.waiting, totals.longest_wait_seconds);
  for (const state of STATES) put(byId(`total-${state}`), totals.agents[state]);
  for (const count of ["offered", "answered", "abandoned"]) put(byId(`total-${count}`), totals[count]);
  for (const count of ["expected", "parked", "conferences"]) put(byId(count), world[count]);
}

function wait(element, count, seconds) {
  if (count) run(element, seconds);
  else stop(element, "–");
}

function buildQueue() {
  const number = (name) => make("td", { class: "number", "data-cell": name });
  const head = make("th", { scope: "row" }, make("bdi", { class: "code" }), " ", make("bdi", { class: "title" }));
  const strategy = make("td", { class: "wide quiet", "data-cell": "strategy", translate: "no" });
  const longest = make("td", { class: "number ticks-cell" }, make("span", { class: "ticks" }));
  const counts = ["offered", "answered", "abandoned"].map((name) => make("td", { class: "number wide", "data-cell": name }));
  return make("tr", {}, head, strategy, number("waiting"), longest, ...STATES.map(number), ...counts);
}

function fillQueue(row, queue) {
  put(row.querySelector(".code"), queue.extension);
  put(row.querySelector(".title"), tame(queue.name));
  wait(row.querySelector(".ticks"), queue.waiting, queue.longest_wait_seconds);
  const shown = { ...queue, ...queue.agents };
  for (const cell of row.querySelectorAll("[data-cell]")) {
    put(cell, shown[cell.dataset.cell]);
    cell.toggleAttribute("data-zero", shown[cell.dataset.cell] === 0);
  }
}

function buildCaller() {
  const where = make("span", { class: "quiet where" }, make("bdi", { class: "code" }), " ", make("bdi", { class: "title" }));
  return make(
    "li",
    {},
    make("span", { class: "whose" }, aText("who"), where),
    aText("quiet number-shown"),
    make("span", { class: "ticks" }),
    make("button", { class: "button small", type: "button" }),
  );
}

function fillCaller(row, caller, queueName) {
  const name = tame(caller.name) || word("no_name");
  put(row.querySelector(".who bdi"), name);
  put(row.querySelector(".number-shown bdi"), tame(caller.number));
  put(row.querySelector(".code"), caller.queue);
  put(row.querySelector(".title"), tame(queueName));
  run(row.querySelector(".ticks"), caller.wait_seconds);
  const button = row.querySelector("button");
  put(button, word("hang_up"));
  button.dataset.path = `/control/calls/${encodeURIComponent(caller.unique_id)}`;
  button.setAttribute("aria-label", word("hang_up.whom", { name: quoted(name) }));
}

function showQueueChoices(queues) {
  const each = queues.map((queue) => [queue.extension, `${queue.extension} ${tame(queue.name)}`]);
  for (const select of document.querySelectorAll("[data-queues]")) {
    showChoices(select, select.dataset.queues === "all" ? [["all", word("all_queues")], ...each] : each);
  }
}

function showPauseCodes(codes) {
  showChoices(byId("pause-codes"), [["", word("no_code")], ...codes.map((code) => [String(code.id), tame(code.name)])]);
}
