/* What does not fit on a wall, in words. */

import { smallest, wall } from "./wall_type.js";

let speech = { source: "" };

function say(phrase, n) {
  const source = wall.dataset.phrases;
  const { lang } = document.documentElement;
  if (speech.source !== source) speech = { source, forms: JSON.parse(source), rules: new Intl.PluralRules(lang) };
  const forms = speech.forms[phrase];
  return (forms[speech.rules.select(n)] ?? forms.other).replace("{n}", n);
}

const sum = (items, name) => items.reduce((total, item) => total + Number(item.dataset[name] ?? 0), 0);

/** Of all parts, as `parts` gives them. */
export function sumUp(all) {
  const more = document.getElementById("more");
  const left = (kind) => all.find((part) => part.kind === kind)?.items.filter(isOut) ?? [];
  const unsent = (name) => Number(more.dataset[name]);
  const has = (kind) => all.some((part) => part.kind === kind);
  const figures = left("totals").length + left("budget").length;
  const queues = has("tiles") ? left("tiles").length + unsent("queues") : 0;
  const waits = sum(left("tiles"), "waiting") + unsent("waiting");
  const callers = has("waiting") ? left("waiting").length + unsent("callers") : 0;
  const late = left("waiting").filter((item) => "level" in item.dataset).length + unsent("late");
  const people = agentsLeft(all, unsent("agents"));
  const gone = sum(left("abandoned").map((element) => element.firstElementChild), "gaveUp");
  write(more, [
    figures && ["", say("figures", figures)],
    queues && ["calls agents", [say("queues", queues), ...(waits && !callers ? [say("waiting", waits)] : [])].join(", ")],
    callers && ["calls", [say("callers", callers), ...(late ? [say("late", late)] : [])].join(", ")],
    people && ["agents", say("agents", people)],
    gone && ["calls", say("abandoned", gone)],
    smallest().isTooFar && ["", wall.dataset.sayFar],
  ]);
}

const isOut = (item) => item.closest("[hidden]") !== null;

/** Agents of whom nothing is said: where their states are counted, only those that a list of names leaves out. */
function agentsLeft(all, unsent) {
  const part = all.find(({ kind }) => kind === "agents");
  if (!part) return 0;
  const out = part.items.filter(isOut).length;
  const isCounted = !part.element.hidden && out === part.items.length;
  return isCounted ? 0 : out + unsent;
}

function write(more, lines) {
  const wanted = lines.filter(Boolean);
  const text = wanted.map(([, words]) => words).join("\n");
  if (more.dataset.said === text) return;
  more.dataset.said = text;
  more.replaceChildren(...wanted.map(([part, words]) => {
    const line = document.createElement("span");
    if (part) line.dataset.part = part;
    line.textContent = words;
    return line;
  }));
}
