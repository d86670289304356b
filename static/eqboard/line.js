/* The line to the server; htmx's extension opens its socket and comes back after most closings by itself. */

import { write } from "./clock.js";
import { learnFromEcho, ownSeconds } from "./server_time.js";
import { pulse, truthAt } from "./truth.js";
import { atTime } from "./zone.js";

const ACK_SECONDS = 10;
const ACK_CHARACTERS = 500000; // a busy large board sends more than that in less time, and waits for us to have seen it
const SPOKEN_MS = 1800; // the server speaks every 1.5 s at least, unless it waits to hear from us
const QUIET_SECONDS = 2.5; // after so long we say that it is lost
const SILENT_SECONDS = 15; // and after so long the socket is replaced
const root = document.documentElement;
const words = document.body.dataset;

const SIGNED_OUT = [4401];
const COMES_BACK = [1006, 1011, 1012, 1013];
let socket = null;
let wrapper = null;
let heardAt = ownSeconds();
let ackedAt = -ACK_SECONDS;
let ackedFrame = 0;
let unackedCharacters = 0;
let later = 0;

htmx.config.wsReconnectDelay = (count) => 250 + Math.random() * Math.min(4750, 1000 * 2 ** count);
htmx.createWebSocket = (url) => (socket = new WebSocket(url));

function showLink() {
  const banner = document.getElementById("link-lost");
  if (!banner) return;
  const isOpen = root.dataset.link !== "closed";
  if (banner.hidden !== isOpen) banner.hidden = isOpen; // to say it again costs the browser a look at the page's styles
  if (isOpen) return;
  const at = truthAt(["calls", "agents"]);
  write(banner, at === null ? words.sayNever : words.sayLost.replace("{time}", atTime(at)));
}

/** Says what has become of it; one that is too quiet is lost, and a silent one replaced. */
export function watchLine() {
  showLink();
  if (!socket) return;
  const quiet = ownSeconds() - heardAt;
  if (quiet > QUIET_SECONDS) lose();
  if (quiet > SILENT_SECONDS) replaceSocket();
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

export function onOpen({ detail }) {
  wrapper = detail.socketWrapper;
  heardAt = ownSeconds();
  root.dataset.link = "open";
  showLink();
}

export function onClose({ detail }) {
  const { code, target } = detail.event;
  wrapper = detail.socketWrapper ?? wrapper;
  if (target !== socket) return;
  if (SIGNED_OUT.includes(code)) return location.reload();
  heardAt = ownSeconds();
  lose();
  if (!COMES_BACK.includes(code)) setTimeout(() => wrapper.reconnect(), htmx.config.wsReconnectDelay(2));
}

/** An echo is no HTML, and nothing for htmx. */
export function beforeMessage(event) {
  unackedCharacters += event.detail.message.length;
  if (!event.detail.message.startsWith("{")) return;
  event.preventDefault();
  heardAt = ownSeconds();
  learnFromEcho(JSON.parse(event.detail.message));
}

/** Whatever came, the line is there. */
export function hear({ detail }) {
  heardAt = ownSeconds();
  if (root.dataset.link !== "open") onOpen({ detail }); // a line that was only quiet
}

/** Once it is on the page; what came last of many at once, when nothing follows: the server may be waiting for that. */
export function acknowledge(to) {
  clearTimeout(later);
  if (!pulse.frame) return;
  const isMuch = unackedCharacters > ACK_CHARACTERS && pulse.frame !== ackedFrame; // not in the midst of the next one
  if (isMuch || ownSeconds() - ackedAt >= ACK_SECONDS) sayWhatIsSeen(to);
  else later = setTimeout(() => socket?.readyState === WebSocket.OPEN && sayWhatIsSeen(to), SPOKEN_MS);
}

function sayWhatIsSeen(to) {
  if (pulse.frame !== ackedFrame) unackedCharacters = 0;
  ackedAt = ownSeconds();
  ackedFrame = pulse.frame;
  to.send(JSON.stringify({ ack: pulse.frame, at: ackedAt }));
}
