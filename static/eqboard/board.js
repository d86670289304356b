/* What a live page does by itself: time, the age of its numbers, the connection. Numbers come as HTML and are
   swapped by htmx; nothing here knows what they mean. */
(() => {
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
    const element = byId("pulse");
    if (!element || element === pulse.element) return;
    const { now: serverNow, frame, build, sources } = element.dataset;
    if (serverNow) learnFromFrame(Number(serverNow));
    pulse = { element, frame: Number(frame), build, sources: JSON.parse(sources || "{}") };
  }

  const readAt = (part) => pulse.sources[part]?.at ?? null;

  function judge() {
    const moment = now();
    const unread = PARTS.filter((part) => readAt(part) === null);
    const old = PARTS.filter((part) => moment - readAt(part) > pulse.sources[part]?.stale_after);
    stale = new Set([...unread, ...old]);
    mark("stale", [...stale].join(" "));
    mark("unread", unread.join(" "));
  }

  function mark(name, value) {
    if (root.dataset[name] !== value) root.dataset[name] = value;
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

  function duration(seconds) {
    const whole = Math.max(0, Math.floor(seconds));
    const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
    const tail = String(whole % 60).padStart(2, "0");
    return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
  }

  /** Time stands still where the numbers do: a caller in an old list may be long gone. */
  function momentFor(element, moment) {
    if (!stale.size) return moment;
    const parts = element.closest("[data-part]")?.dataset.part.split(" ").filter((part) => stale.has(part));
    return parts?.length ? (truthAt(parts) ?? moment) : moment;
  }

  function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function tick() {
    judge();
    const moment = shownNow();
    for (const element of all("time[data-since]")) {
      const seconds = momentFor(element, moment) - element.dataset.since;
      write(element, ("atLeast" in element.dataset ? "≥ " : "") + duration(seconds));
      element.toggleAttribute("data-long", seconds >= 3600);
      if (LEVELS.length) setLevel(element.closest("[data-wait]"), seconds);
    }
    for (const element of all("time[data-until]")) {
      write(element, duration(Math.ceil(element.dataset.until - momentFor(element, moment))));
    }
    for (const element of all(".age")) showAge(element, moment);
    if (known.size > MANY) forgetGone();
    for (const element of all("[data-clock]")) write(element, wallTime.format(moment * 1000));
    showLink();
    isFirstTick = false;
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

  /* Waits that take too long: a mark that is announced once */

  const limits = { critical: Number(words.waitCritical), warning: Number(words.waitWarning) };
  const LEVELS = Object.entries(limits).filter(([, limit]) => limit);
  const known = new Map();
  const MANY = 1000; // as many rows as no page has; a wall sees more callers than that in a month
  let isFirstTick = true;

  function setLevel(holder, seconds) {
    if (!holder) return;
    const level = LEVELS.find(([, limit]) => seconds >= limit)?.[0];
    const before = known.get(holder.dataset.wait);
    if (level) holder.dataset.level = level;
    else delete holder.dataset.level;
    if (level === before) return;
    if (level) known.set(holder.dataset.wait, level);
    else known.delete(holder.dataset.wait);
    if (level && !isFirstTick && before !== "critical") announce(holder, level);
  }

  function forgetGone() {
    const here = new Set([...all("[data-wait]")].map((each) => each.dataset.wait));
    for (const name of known.keys()) if (!here.has(name)) known.delete(name);
  }

  function announce(holder, level) {
    holder.classList.add("just-now");
    const name = holder.querySelector(".tile-name");
    if (name) speak((level === "critical" ? words.sayCritical : words.sayWarning).replace("{name}", name.textContent));
  }

  function speak(text) {
    const element = byId("say");
    if (element) write(element, text);
  }

  /* One timer, and none while nobody looks */

  let timer = 0;

  function run() {
    clearTimeout(timer);
    try {
      tick();
      if (socket && ownSeconds() - heardAt > QUIET_SECONDS) lose();
      if (socket && ownSeconds() - heardAt > SILENT_SECONDS) replaceSocket();
    } finally {
      if (!document.hidden) timer = setTimeout(run, 1000);
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
    banner.hidden = root.dataset.link !== "closed";
    if (banner.hidden) return;
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
    if (!document.hidden) tick();
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
    "htmx:wsAfterMessage": onMessage, visibilitychange: run,
  };
  for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener);
  addEventListener("pageshow", run);
  readPulse();
  run();
})();
