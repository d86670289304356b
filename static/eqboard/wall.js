/* How much a wall shows. All screens of a board get the same page; how large its type must be, and so how much of it
   fits, depends on the screen and on how far away it is looked at. What does not fit is hidden whole and summed up. */

import { fit, replan } from "./wall_plan.js";

const root = document.documentElement;
const isPreview = window !== top; // in the editor

/* The sign of life: it changes with every reading of the floor, and stands still when none comes */

let readAt = null;

function beat() {
  const sources = JSON.parse(document.getElementById("pulse")?.dataset.sources || "{}");
  const newest = sources.calls?.at ?? null;
  if (newest === readAt) return;
  readAt = newest;
  root.dataset.beat = root.dataset.beat === "1" ? "0" : "1";
}

function refresh() {
  beat();
  fit();
}

document.addEventListener(isPreview ? "htmx:wsAfterMessage" : "eqboard:shown", refresh);
addEventListener("resize", fit);
document.fonts.addEventListener("loadingdone", replan);
new ResizeObserver(fit).observe(document.querySelector(".wall-top"));
refresh();
