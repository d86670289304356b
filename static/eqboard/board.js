/* What a live page does by itself: time, the age of its numbers, the connection. Numbers come as HTML, and rows.js puts
   them on the page; nothing here knows what they mean. */

import { clockOf, grade, mark, secondsAt, show, write } from "./clock.js";

const root = document.documentElement;
const words = document.body.dataset;
const PARTS = ["statistics", "agents", "calls", "parked", "conferences", "sessions"];
const ACK_SECONDS = 5;
const ACK_CHARACTERS = 500000; // a busy large board sends more than that in less time, and waits for us to have seen it
const QUIET_SECONDS = 2.5; // the server speaks every 1.5 s at least: after so long we say that it is lost
const SILENT_SECONDS = 15; // and after so long the socket is replaced
const byId = (id) => (id ? document.getElementById(id) : null);
const all = (selector) => document.querySelectorAll(selector);

/* The server's clock. Our own clock is the faster of the wall's and the page's: one stops while the machine
   sleeps, the other may be set back. The server's stamp was made before it came here and after it was asked for. So
   a frame says what that clock shows at least, and an echo what it shows at most. Numbers must never look younger
   than they are, however late the line is: the echo counts. */

const KEPT_SAMPLES = 15;
let own = { wall: Date.now(), page: performance.now(), elapsed: 0 };
let least = [];
let most = [];
let shown = 0;

function ownSeconds() {
  const wall = Date.now();
  const page = performance.now();
  own = { wall, page, elapsed: own.elapsed + Math.max(wall - own.wall, page - own.page, 0) };
  return own.elapsed / 1000;
}

function learnFromFrame(serverNow) {
  const ahead = serverNow - ownSeconds();
  least = [...least, ahead].slice(-KEPT_SAMPLES);
  most = most.filter((each) => each >= ahead); // else the server's clock was set
}

function learnFromEcho({ at, now: serverNow }) {
  most = [...most, serverNow - at].slice(-KEPT_SAMPLES);
}

/** Seconds on the server's clock: whatever travelled fastest knows best. */
function now() {
  const mine = ownSeconds();
  if (most.length) return mine + Math.min(...most);
  return least.length ? mine + Math.max(...least) : Date.now() / 1000;
}

/** The same for showing: never a little backwards, because that looks broken. */
function shownNow() {
  const truth = now();
  shown = shown - truth < 5 ? Math.max(shown, truth) : truth;
  return shown;
}

/* How true the numbers are */

let pulse = { frame: 0, sources: {} };
let stale = new Set();

function readPulse() {
  const { now: serverNow, frame, build, sources } = byId("pulse")?.dataset ?? {};
  if (!serverNow || serverNow === pulse.now) return;
  learnFromFrame(Number(serverNow));
  pulse = { now: serverNow, frame: Number(frame), build, sources: JSON.parse(sources || "{}") };
  if (most.length) byId("pulse").dataset.delay = Math.max(0, Math.round((now() - serverNow) * 1000)); // in ms, at most
}

const readAt = (part) => pulse.sources[part]?.at ?? null;

function judge() {
  const moment = now();
  const unread = PARTS.filter((part) => readAt(part) === null);
  const old = PARTS.filter((part) => moment - readAt(part) > pulse.sources[part]?.stale_after);
  stale = new Set([...unread, ...old]);
  mark(root, "stale", [...stale].join(" "));
  mark(root, "unread", unread.join(" "));
}

/** The oldest of the moments when these parts were read; null if one never was. */
function truthAt(parts) {
  const moments = parts.map(readAt);
  return moments.includes(null) ? null : Math.min(...moments);
}

/* Time on the page */

const timeZone = knownZone(words.timeZone);

/** A zone that the browser does not know must not cost the page its truth. */
function knownZone(name) {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name || undefined }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}

const format = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone };
const clockTime = new Intl.DateTimeFormat(root.lang, format);
const wallTime = new Intl.DateTimeFormat(root.lang, { ...format, second: undefined });
const atTime = (seconds) => clockTime.format(seconds * 1000);

/* What ticks. It is looked for after each message, and what was read of it is kept: a large board has more of it than
   can be looked for and read every second. */

const NEAR_PIXELS = 200;
const FEW_ROWS = 72; // of a list with no more, all count: that is less work than a frame for the one that comes into sight
const unseen = new WeakSet(); // rows that nobody can see: their time is written when they come into sight
const sight = new IntersectionObserver(onSight, { rootMargin: `${NEAR_PIXELS}px` });
let ticking = null;
let tickedAt = 0; // whatever comes into sight shows the moment that all show, and no frame of its own is drawn for it

function lookForTicking() {
  ticking = {
    clocks: [...document.getElementsByTagName("time")].map(watched).filter(Boolean),
    ages: all(".age"),
    walls: all("[data-clock]"),
  };
}

const watchedRows = new WeakSet();

function watched(element) {
  const clock = clockOf(element);
  if (clock?.row?.parentElement.dataset.count > FEW_ROWS && !watchedRows.has(clock.row)) {
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
  if (isSeen && !ends.some((end) => clock.element.contains(end))) show(clock, seconds);
  return hasNews;
}

/** Levels change with a message, or when a limit is passed: only then are they looked for. */
function countAll(clocks, moment, hasNews = false) {
  for (const clock of clocks) hasNews = count(clock, moment) || hasNews;
  if (hasNews) hearLevels();
}

function onSight(rows) {
  for (const { target, isIntersecting } of rows) {
    if (isIntersecting) unseen.delete(target);
    else unseen.add(target);
  }
  const shown = new Set(rows.filter(isOnScreen).map(({ target }) => target));
  if (shown.size && ticking) countAll(ticking.clocks.filter(({ row }) => shown.has(row)), tickedAt);
  else if (shown.size) tick();
}

/** A row that has only come near has time until the next tick: a frame of its own would be drawn for it. */
function isOnScreen({ boundingClientRect: { top, bottom, height } }) {
  return height > 0 && bottom > 0 && top < innerHeight;
}

let scrolledTo = 0;

/** Unless somebody scrolls on to it. */
function onScroll() {
  if (Math.abs(scrollY - scrolledTo) < NEAR_PIXELS / 2 || !ticking) return;
  scrolledTo = scrollY;
  countAll(ticking.clocks, tickedAt);
}

let ends = []; // where a selection begins and ends: nobody loses what they have selected

/** When it changes, and not every second: to ask for it has the whole page laid out. */
function onSelection() {
  const { isCollapsed, anchorNode, focusNode } = getSelection();
  ends = isCollapsed ? [] : [anchorNode, focusNode];
}

function tick() {
  judge();
  const hasMessage = !ticking;
  if (hasMessage) lookForTicking();
  const moment = (tickedAt = shownNow());
  countAll(ticking.clocks, moment, hasMessage);
  for (const element of ticking.ages) showAge(element, moment);
  for (const element of ticking.walls) write(element, wallTime.format(moment * 1000));
  showLink();
}

function showAge(element, moment) {
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

/* Levels, of the server and of what ticks: each is announced once, when it begins or grows worse. A row has an id; a
   number of the floor is known by what it counts. */

const GRAVITY = { warning: 1, critical: 2 };
const HOLDERS = "#screen :is(li, [role=row])[id][data-level], #screen .totals .number[data-level]";
const MOST_SAID = 3;
let levels = null; // by what has one; null before the first look, which announces nothing

function hearLevels() {
  const before = levels;
  const holders = [...all(HOLDERS)];
  levels = new Map(holders.map((holder) => [keyOf(holder), holder.dataset.level]));
  if (!before) return;
  const worse = holders.filter((holder) => GRAVITY[holder.dataset.level] > (GRAVITY[before.get(keyOf(holder))] ?? 0));
  for (const holder of worse) if (holder.dataset.level === "critical") emphasize(holder);
  const told = new Set(worse.map((holder) => holder.querySelector(".trouble")?.dataset.figure)); // by its queue
  const said = worse.filter(({ dataset }) => !told.has(dataset.figure ?? "")).map(sentenceFor).filter(Boolean);
  if (said.length) speak([...new Set(said)]); // a queue may have a tile and a line
}

const keyOf = (holder) => holder.id || holder.dataset.figure;

function sentenceFor(holder) {
  const name = nameOf(holder);
  return name && (holder.dataset.level === "critical" ? words.sayCritical : words.sayWarning).replace("{name}", name);
}

/** Callers have none: their queue tells of them. */
function nameOf(holder) {
  if (holder.matches(".row")) return "";
  const parts = holder.matches(".number") ? ".label, .window" : ".tile-name, .who";
  return [...holder.querySelectorAll(parts)].map((each) => each.textContent).join(" ");
}

/** By nothing but its opacity, which costs the page no painting. */
function emphasize(holder) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  holder.animate({ opacity: [0.2, 1] }, { duration: 600, easing: "ease-out" });
}

function speak(said) {
  const more = said.length - MOST_SAID;
  const sentences = more > 0 ? [...said.slice(0, MOST_SAID), words.sayMore.replace("{n}", more)] : said;
  const element = byId("say");
  if (element) element.textContent = sentences.join(". ");
}

/* One timer, and none while nobody looks */

const TICK_MS = 1000;
const LIVE_TICK_MS = 1200; // messages come every second and tick too: one look at the page then, not two
let timer = 0;

function run() {
  clearTimeout(timer);
  try {
    tick();
    if (socket && ownSeconds() - heardAt > QUIET_SECONDS) lose();
    if (socket && ownSeconds() - heardAt > SILENT_SECONDS) replaceSocket();
  } finally {
    if (!document.hidden) timer = setTimeout(run, root.dataset.link === "open" ? LIVE_TICK_MS : TICK_MS);
  }
}

/* The socket; htmx's extension opens it and comes back after most closings by itself */

const SIGNED_OUT = [4401];
const COMES_BACK = [1006, 1011, 1012, 1013];
let socket = null;
let wrapper = null;
let heardAt = ownSeconds();
let ackedAt = -ACK_SECONDS;
let ackedFrame = 0;
let unackedCharacters = 0;

htmx.config.wsReconnectDelay = (count) => 250 + Math.random() * Math.min(4750, 1000 * 2 ** count);
htmx.createWebSocket = (url) => (socket = new WebSocket(url));

function showLink() {
  const banner = byId("link-lost");
  if (!banner) return;
  const isOpen = root.dataset.link !== "closed";
  if (banner.hidden !== isOpen) banner.hidden = isOpen; // to say it again costs the browser a look at the page's styles
  if (isOpen) return;
  const at = truthAt(["calls", "agents"]);
  write(banner, at === null ? words.sayNever : words.sayLost.replace("{time}", atTime(at)));
}

function lose() {
  root.dataset.link = "closed";
  showLink();
}

function replaceSocket() {
  heardAt = ownSeconds();
  if (!wrapper || socket.readyState === WebSocket.CONNECTING) return;
  socket.onclose = null; // the extension must not come back for the dead one as well
  wrapper.reconnect();
}

function onOpen({ detail }) {
  wrapper = detail.socketWrapper;
  heardAt = ownSeconds();
  root.dataset.link = "open";
  showLink();
}

function onClose({ detail }) {
  const { code, target } = detail.event;
  wrapper = detail.socketWrapper ?? wrapper;
  if (target !== socket) return;
  if (SIGNED_OUT.includes(code)) return location.reload();
  heardAt = ownSeconds();
  lose();
  if (!COMES_BACK.includes(code)) setTimeout(() => wrapper.reconnect(), htmx.config.wsReconnectDelay(2));
}

/** An echo is no HTML, and nothing for htmx. */
function beforeMessage(event) {
  unackedCharacters += event.detail.message.length;
  if (!event.detail.message.startsWith("{")) return;
  event.preventDefault();
  heardAt = ownSeconds();
  learnFromEcho(JSON.parse(event.detail.message));
}

function onMessage({ detail }) {
  heardAt = ownSeconds();
  if (root.dataset.link !== "open") onOpen({ detail }); // a line that was only quiet
  readPulse();
  ticking = null;
  if (!document.hidden) run();
  acknowledge(detail.socketWrapper);
  renew();
}

function acknowledge(to) {
  if (!pulse.frame) return;
  const isMuch = unackedCharacters > ACK_CHARACTERS && pulse.frame !== ackedFrame; // not in the midst of the next one
  if (!isMuch && ownSeconds() - ackedAt < ACK_SECONDS) return;
  if (pulse.frame !== ackedFrame) unackedCharacters = 0;
  ackedAt = ownSeconds();
  ackedFrame = pulse.frame;
  to.send(JSON.stringify({ ack: pulse.frame, at: ackedAt }));
}

/** A wall has nobody to reload it after an update; once a minute at most, should two builds answer in turn. */
function renew() {
  if (!document.body.classList.contains("tv") || !words.build || !pulse.build || pulse.build === words.build) return;
  const last = Number(sessionStorage.getItem("eqboard-renewed"));
  if (Date.now() - last < 60000) return;
  sessionStorage.setItem("eqboard-renewed", Date.now());
  location.reload();
}

const listeners = {
  "htmx:wsOpen": onOpen, "htmx:wsClose": onClose, "htmx:wsBeforeMessage": beforeMessage,
  "htmx:wsAfterMessage": onMessage, "htmx:afterSwap": () => (ticking = null), visibilitychange: run, scroll: onScroll,
  selectionchange: onSelection,
};
for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener);
addEventListener("pageshow", run);
readPulse();
run();
