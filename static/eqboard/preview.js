/* The draft as it would look, in a frame of its own: its language, theme and width are not those of this page. Nothing
   in it can be pressed, and it has no line to the server: what it needs of news and of time is done from here. */

import { clockOf, grade, secondsAt, show } from "./clock.js";
import { align, balance, measure, rank } from "./lists.js";

const SETTLE_MS = 300; // after a change
const EVERY_MS = 2000;
const PATIENCE_MS = 10000;
const SCREEN = { desk: [1366, 768], tv: [1920, 1080] }; // a desk is as high as it has to be, and scrolled

export function preview({ frame, url, draft, onNews }) {
  let isBusy = false;
  let isWanted = false;
  let timer = 0;
  let lead = 0; // how far the server's clock is ahead of ours, in seconds
  let page = "";

  async function ask() {
    clearTimeout(timer);
    isWanted = isBusy;
    if (isBusy) return;
    isBusy = true;
    try {
      const asked = { method: "POST", body: draft(), headers: token(), signal: AbortSignal.timeout(PATIENCE_MS) };
      if (!document.hidden) await answer(await fetch(url, asked));
    } catch {
      onNews({ isLost: true });
    }
    isBusy = false;
    timer = setTimeout(ask, isWanted ? 0 : EVERY_MS);
  }

  async function answer(response) {
    if (response.redirected || response.status === 403) return onNews({ isSignedOut: true });
    if (!response.ok) return onNews({ isLost: true });
    if (response.headers.get("Content-Type").includes("json")) return onNews(await response.json());
    await put(await response.text());
    onNews({});
  }

  /** Into the page that is there, which so keeps its place; or as a new one, where it is another kind of page. */
  async function put(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    for (const each of fresh.querySelectorAll("script:not([data-preview])")) each.remove();
    const surface = fresh.body.classList.contains("tv") ? "tv" : "desk";
    if (surface !== page) await open(surface, fresh.documentElement.outerHTML);
    else renew(fresh);
    page = surface;
    adopt(fresh);
    tick();
    arrange();
    fit(surface);
    frame.contentDocument.dispatchEvent(new Event("htmx:wsAfterMessage")); // by which a wall arranges itself anew
  }

  function renew(fresh) {
    const there = frame.contentDocument;
    for (const id of ["pulse", "screen"]) there.getElementById(id)?.replaceWith(fresh.getElementById(id));
    for (const each of there.querySelectorAll(".board-name")) each.replaceWith(fresh.querySelector(".board-name"));
    if (there.getElementById("wall")) Object.assign(there.getElementById("wall").dataset, fresh.getElementById("wall").dataset);
  }

  function open(surface, html) {
    fit(surface);
    return new Promise((done) => {
      frame.addEventListener("load", done, { once: true });
      frame.srcdoc = `<!doctype html>${html}`;
    });
  }

  function adopt(fresh) {
    const root = frame.contentDocument.documentElement;
    const pulse = frame.contentDocument.getElementById("pulse");
    for (const name of ["lang", "dir"]) root.setAttribute(name, fresh.documentElement.getAttribute(name));
    const { theme, boardTheme } = fresh.documentElement.dataset;
    root.dataset.theme = theme || boardTheme || document.documentElement.dataset.theme || "auto";
    root.dataset.palette = document.documentElement.dataset.palette || "auto";
    root.dataset.link = "open";
    if (!pulse?.dataset.now) return;
    lead = Number(pulse.dataset.now) - Date.now() / 1000;
    const sources = Object.entries(JSON.parse(pulse.dataset.sources || "{}"));
    const unread = sources.filter(([, source]) => source.at === null);
    const old = sources.filter(([, source]) => pulse.dataset.now - source.at > source.stale_after);
    root.dataset.stale = [...new Set([...unread, ...old].map(([part]) => part))].join(" ");
    root.dataset.unread = unread.map(([part]) => part).join(" ");
  }

  function fit(surface) {
    const [width, least] = SCREEN[surface];
    const scale = frame.parentElement.clientWidth / width;
    const content = frame.contentDocument?.getElementById("screen")?.getBoundingClientRect().bottom ?? 0;
    const height = surface === "tv" ? least : Math.max(least, Math.ceil(content));
    Object.assign(frame.style, { width: `${width}px`, height: `${height}px`, transform: `scale(${scale})` });
    frame.parentElement.style.height = `${height * scale}px`;
  }

  function tick() {
    const now = Date.now() / 1000 + lead;
    for (const clock of [...all("time")].map(clockOf).filter(Boolean)) {
      const seconds = secondsAt(clock, now);
      show(clock, seconds);
      grade(clock, seconds, now);
    }
  }

  const all = (selector) => frame.contentDocument?.querySelectorAll(selector) ?? [];

  function arrange() {
    for (const list of all("ul[id], [data-ranked]")) measure(list);
    for (const list of all("[data-ranked]")) rank(list);
    for (const list of all(".tiles")) balance(list);
    for (const lines of all(".lines")) align(lines);
  }

  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", ask);
  ask();
  return function soon() {
    clearTimeout(timer);
    timer = setTimeout(ask, SETTLE_MS);
  };
}

/** The cookie's, which is right also after somebody signed in again in another tab. */
export const token = () => {
  const found = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
  return found ? { "X-CSRFToken": found[1] } : {};
};
