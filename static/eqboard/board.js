/* What a live page does by itself: time, the age of its numbers, the connection. Numbers come as HTML, and rows.js puts
   them on the page; nothing here knows what they mean.

   server_time.js knows the server's clock, zone.js times of day, truth.js how old the numbers are, ticking.js what counts time and is seen,
   levels.js what is announced, line.js the socket. Here they are joined: by one timer, and none while nobody looks. */

import { acknowledge, beforeMessage, hear, onClose, onOpen, watchLine } from "./line.js";
import { lookAgain, onScroll, tick } from "./ticking.js";
import { pulse, readPulse } from "./truth.js";

const TICK_MS = 1000;
const LIVE_TICK_MS = 1200; // messages come every second and tick too: one look at the page then, not two
let timer = 0;

function run() {
  clearTimeout(timer);
  try {
    tick();
    watchLine();
  } finally {
    const isLive = document.documentElement.dataset.link === "open";
    if (!document.hidden) timer = setTimeout(run, isLive ? LIVE_TICK_MS : TICK_MS);
  }
}

function onMessage(event) {
  hear(event);
  readPulse();
  lookAgain();
  if (!document.hidden) run();
  acknowledge(event.detail.socketWrapper);
  renew();
}

/** A wall has nobody to reload it after an update; once a minute at most, should two builds answer in turn. */
function renew() {
  const { classList, dataset } = document.body;
  if (!classList.contains("tv") || !dataset.build || !pulse.build || pulse.build === dataset.build) return;
  const last = Number(sessionStorage.getItem("eqboard-renewed"));
  if (Date.now() - last < 60000) return;
  sessionStorage.setItem("eqboard-renewed", Date.now());
  location.reload();
}

const listeners = {
  "htmx:wsOpen": onOpen,
  "htmx:wsClose": onClose,
  "htmx:wsBeforeMessage": beforeMessage,
  "htmx:wsAfterMessage": onMessage,
  "htmx:afterSwap": lookAgain,
  visibilitychange: run,
  scroll: onScroll,
};
for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener);
addEventListener("pageshow", run);
readPulse();
run();
