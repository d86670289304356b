/* What ticks. It is looked for after each message, and what was read of it is kept: a large board has more of it than
   can be looked for and read every second. */

import { clockOf, grade, secondsAt, show, write } from "./clock.js";
import { isSelected, isStirred } from "./hand.js";
import { hearLevels } from "./levels.js";
import { shownNow } from "./server_time.js";
import { judge, showAge, stale, truthAt } from "./truth.js";
import { wallTimeAt } from "./zone.js";

const all = (selector) => document.querySelectorAll(selector);
const MANY = "[data-beyond~='72']"; // rows (lists.js). Of fewer all count: that is less work than a frame for the one that comes into sight
const unseen = new WeakSet(); // rows that nobody can see: their time is written when they come into sight
const near = new Set(); // rows that came into sight or near it since the last tick
const sight = new IntersectionObserver(onSight, { rootMargin: "200px" });
let ticking = null;
let tickedAt = 0; // whatever comes into sight shows the moment that all show, and no frame of its own is drawn for it

/** A message may have brought more of it, or taken some. */
export const lookAgain = () => (ticking = null);

function lookForTicking() {
  ticking = {
    clocks: [...document.getElementsByTagName("time")].map(watched).filter(goesOn),
    ages: all(".age"),
    walls: all("[data-clock]"),
  };
}

/** Of a row that has left, and is shown because a hand is on its list, time stands still. */
const goesOn = (clock) => clock && !(clock.row && "gone" in clock.row.dataset);

const watchedRows = new WeakSet();

function watched(element) {
  const clock = clockOf(element);
  if (clock?.row && !watchedRows.has(clock.row) && clock.row.parentElement.matches(MANY)) {
    watchedRows.add(clock.row);
    sight.observe(clock.row);
  }
  return clock;
}

/** Time stands still where the numbers do: a caller in an old list may be long gone. */
function momentFor(parts, moment) {
  if (!stale.size) return moment;
  const old = parts.filter((part) => stale.has(part));
  return old.length ? (truthAt(old) ?? moment) : moment;
}

/** Returns whether its row has another level now. */
function count(clock, moment) {
  const now = momentFor(clock.parts, moment);
  const seconds = secondsAt(clock, now);
  const hasNews = grade(clock, seconds, now);
  const isSeen = hasNews || !unseen.has(clock.row); // a row with another level may come up into sight
  if (isSeen && !isSelected(clock.element)) show(clock, seconds);
  return hasNews;
}

/** Levels change with a message, or when a limit is passed: only then are they looked for. */
function countAll(clocks, moment, hasNews = false) {
  for (const clock of clocks) hasNews = count(clock, moment) || hasNews;
  if (hasNews) hearLevels();
}

/* Sight */

function onSight(rows) {
  for (const { target, isIntersecting } of rows) {
    const [joined, left] = isIntersecting ? [near, unseen] : [unseen, near];
    joined.add(target);
    left.delete(target);
  }
  const shown = new Set(rows.filter(isOnScreen).map(({ target }) => target));
  if (shown.size && ticking) countAll(ticking.clocks.filter(({ row }) => shown.has(row)), tickedAt);
  else if (shown.size) tick();
}

/** A row that has only come near has time until the next tick: a frame of its own would be drawn for it. */
function isOnScreen({ isIntersecting, boundingClientRect: { top, bottom } }) {
  return isIntersecting && bottom > 0 && top < innerHeight;
}

/** Unless somebody scrolls on to it. */
export function onScroll() {
  if (!near.size || !isStirred() || !ticking) return;
  countAll(ticking.clocks.filter(({ row }) => near.has(row)), tickedAt);
  near.clear();
}

export function tick() {
  judge();
  const hasMessage = !ticking;
  if (hasMessage) lookForTicking();
  near.clear();
  const moment = (tickedAt = shownNow());
  countAll(ticking.clocks, moment, hasMessage);
  for (const element of ticking.ages) showAge(element, moment);
  for (const element of ticking.walls) write(element, wallTimeAt(moment));
}
