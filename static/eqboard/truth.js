/* How true the numbers are: what the last frame says of its sources, what is stale by now, and how old each part is. */

import { mark, write } from "./clock.js";
import { delayOf, learnFromFrame, now } from "./server_time.js";
import { atTime } from "./zone.js";

const root = document.documentElement;
const words = document.body.dataset;
const PARTS = ["statistics", "agents", "calls", "parked", "conferences", "sessions"];
const byId = (id) => document.getElementById(id);

export let pulse = { frame: 0, sources: {} };
export let stale = new Set();
let next; // timer
const LONGEST_SECONDS = 3600; // a timer of weeks ends at once

export function readPulse() {
  const { now: serverNow, frame, build, sources } = byId("pulse")?.dataset ?? {};
  if (!serverNow || serverNow === pulse.now) return;
  learnFromFrame(Number(serverNow));
  pulse = { now: serverNow, frame: Number(frame), build, sources: JSON.parse(sources || "{}") };
  const delay = delayOf(Number(serverNow));
  if (delay !== null) byId("pulse").dataset.delay = Math.round(delay * 1000); // in ms
}

const readAt = (part) => pulse.sources[part]?.at ?? null;

/** When the next part grows stale is no tick: a button pressed in between would be refused by the server. */
function judgeThen(moment) {
  const left = PARTS.filter((part) => !stale.has(part)).map((part) => readAt(part) + pulse.sources[part].stale_after - moment);
  clearTimeout(next);
  if (left.length) next = setTimeout(judge, Math.min(...left, LONGEST_SECONDS) * 1000 + 1);
}

export function judge() {
  const moment = now();
  const unread = PARTS.filter((part) => readAt(part) === null);
  const old = PARTS.filter((part) => moment - readAt(part) > pulse.sources[part]?.stale_after);
  stale = new Set([...unread, ...old]);
  mark(root, "stale", [...stale].join(" "));
  mark(root, "unread", unread.join(" "));
  judgeThen(moment);
}

/** The oldest of the moments when these parts were read; null if one never was. */
export function truthAt(parts) {
  const moments = parts.map(readAt);
  return moments.includes(null) ? null : Math.min(...moments);
}

/** Of the oldest of its parts; when they were read, once they are stale. */
export function showAge(element, moment) {
  const parts = element.dataset.ageOf.split(" ");
  const at = truthAt(parts);
  const isOld = parts.some((part) => stale.has(part));
  element.toggleAttribute("data-old", isOld);
  element.toggleAttribute("data-unread", at === null);
  if (at === null) return write(element, words.sayUnread);
  const age = Math.max(0, Math.floor(moment - at));
  if (isOld) return write(element, words.sayAsOf.replace("{time}", atTime(at)));
  if (age < 100) return write(element, words.saySeconds.replace("{n}", age));
  return write(element, words.sayMinutes.replace("{n}", Math.floor(age / 60)));
}
