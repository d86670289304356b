/* The server's clock. Our own clock is the faster of the wall's and the page's: one stops while the machine
   sleeps, the other may be set back. The server's stamp was made before it came here and after it was asked for. So
   a frame says what that clock shows at least, and an echo what it shows at most. Numbers must never look younger
   than they are, however late the line is: the echo counts. */

const KEPT_SAMPLES = 15;
let own = { wall: Date.now(), page: performance.now(), elapsed: 0 };
let least = [];
let most = [];
let shown = 0;

export function ownSeconds() {
  const wall = Date.now();
  const page = performance.now();
  own = { wall, page, elapsed: own.elapsed + Math.max(wall - own.wall, page - own.page, 0) };
  return own.elapsed / 1000;
}

export function learnFromFrame(serverNow) {
  const ahead = serverNow - ownSeconds();
  least = [...least, ahead].slice(-KEPT_SAMPLES);
  most = most.filter((each) => each >= ahead); // else the server's clock was set
}

export function learnFromEcho({ at, now: serverNow }) {
  most = [...most, serverNow - at].slice(-KEPT_SAMPLES);
}

/** Seconds on the server's clock: whatever travelled fastest knows best. */
export function now() {
  const mine = ownSeconds();
  if (most.length) return mine + Math.min(...most);
  return least.length ? mine + Math.max(...least) : Date.now() / 1000;
}

/** The same for showing: never a little backwards, because that looks broken. */
export function shownNow() {
  const truth = now();
  shown = shown - truth < 5 ? Math.max(shown, truth) : truth;
  return shown;
}

/** Seconds that a stamp of the server was on its way, at most; null before the first echo. */
export const delayOf = (serverNow) => (most.length ? Math.max(0, now() - serverNow) : null);
