/* The control page: asks how the world is, once a second while somebody can see it, and shows it. */

import * as eq from "./eq.js";
import { forgetWhatIsOver, listen } from "./levers.js";
import { byId, put } from "./parts.js";
import { ask } from "./server.js";
import { furnish } from "./settings.js";
import { translate, word } from "./speech.js";
import * as trouble from "./trouble.js";
import { showWorld, tick } from "./view.js";

const EVERY_MS = 1000;
const TICK_MS = 250;
const SLOW_ROUNDS = 2; /* alerts and the machine change seldom */

let last = {};
let round = 0;
let presses = 0;
let timer = 0;
let isAsking = false;

async function get(path) {
  const answer = await ask("GET", path);
  if (answer.status === 401) location.reload(); /* signed out: the door shows the form */
  return answer;
}

async function look() {
  clearTimeout(timer);
  if (isAsking || document.hidden) return;
  isAsking = true;
  const pressesBefore = presses;
  const paths = ["/control/world", "/control/eq", "/control/faults"];
  if (round++ % SLOW_ROUNDS === 0) paths.push("/control/alerts", "/control/machine");
  const answers = await Promise.all(paths.map(get));
  isAsking = false;
  if (presses !== pressesBefore) return void lookAtOnce(); /* some of it may be from before the press */
  timer = setTimeout(look, EVERY_MS); /* first of all: an answer that cannot be shown must not end the looking */
  showLink(answers.every((answer) => answer.isThere));
  for (const [place, { value }] of answers.entries()) {
    if (value !== undefined) last[paths[place]] = value;
  }
  if (answers.every((answer) => answer.value !== undefined)) show(paths);
}

function show(paths) {
  const world = last["/control/world"];
  showWorld(world);
  eq.showMode(last["/control/eq"], world.clock);
  trouble.showFaults(last["/control/faults"], world.clock);
  forgetWhatIsOver({ eq: last["/control/eq"], faults: last["/control/faults"] });
  if (paths.includes("/control/alerts")) trouble.showAlerts(last["/control/alerts"], world.now);
  if (paths.includes("/control/machine")) trouble.showMachine(last["/control/machine"]);
}

function showLink(isThere) {
  document.documentElement.dataset.link = isThere ? "open" : "closed";
  put(byId("link"), word(isThere ? "link.live" : "link.lost"));
  byId("lost").hidden = isThere;
  if (!isThere) put(byId("lost"), word("lost"));
}

function lookAtOnce() {
  round = 0;
  look();
}

async function signOut() {
  await ask("POST", "/control/sign_out");
  location.reload();
}

async function openBindings() {
  const { value } = await get("/control/agents");
  if (!value) return;
  last.agents = value;
  trouble.showAgents(value);
  showBound();
}

function showBound() {
  const agent = last.agents?.find((each) => String(each.id) === byId("agents").value);
  if (!agent) return;
  const queues = Object.keys(agent.bound).sort().join(", ");
  put(byId("bound"), queues ? word("bound", { queues }) : word("bound.nowhere"));
}

function speak() {
  put(byId("link"), word("link.wait"));
  trouble.showSpans();
  trouble.showKinds();
  eq.showAbout();
  showBound();
  if (last.operations) eq.showOperations(last.operations);
  if (last["/control/world"]) lookAtOnce();
}

document.addEventListener("translated", speak);
document.addEventListener("visibilitychange", lookAtOnce);
byId("sign-out").addEventListener("click", signOut);
byId("kinds").addEventListener("change", trouble.showKind);
byId("agents").addEventListener("change", showBound);
byId("bindings").addEventListener("toggle", () => byId("bindings").open && openBindings());
eq.listenToChoices();
listen(() => {
  presses += 1;
  lookAtOnce();
  if (byId("bindings").open) openBindings();
});

furnish();
translate();
trouble.showKind();
setInterval(tick, TICK_MS);
lookAtOnce();
get("/control/operations").then(({ value }) => {
  if (!value) return;
  last.operations = value;
  eq.showOperations(value);
});
