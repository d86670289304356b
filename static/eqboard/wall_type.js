/* How large the type of a wall is: from the screen and from how far away it is looked at. Everything else follows. */

const CAPITAL_PER_DISTANCE = 0.0058; // 20 minutes of arc: what is legible for every word (ui.md, The wall)
const CAPITAL_EM = 0.71; // the capitals of Heebo
const MM_PER_INCH = 25.4;
const FIGURE_EM = 8.35; // a number of the floor, with what it is held against
const NARROW_EM = 7; // the same where it may stand on two lines
const GAP_EM = 1;
const EDGE_EM = 0.7; // of a tile: the line at its side, and a little room
const LEAST_EM = { inline: 14, block: 12 }; // a screen that holds less than one number, and what is left out, is of no use

export const wall = document.getElementById("wall");
export const grid = () => document.querySelector(".wall-grid");
export const hide = (element, isHidden) => element.hidden === isHidden || (element.hidden = isHidden);
export const bottomOf = (element) => element.getBoundingClientRect().bottom;

/** The smallest type in CSS pixels for the distance; and whether so little fits that it has to be smaller. */
export function smallest() {
  const capital = Number(wall.dataset.meters) * 1000 * CAPITAL_PER_DISTANCE;
  const pixelsPerMm = Math.hypot(screen.width, screen.height) / (Number(wall.dataset.inches) * MM_PER_INCH);
  const wanted = (capital / CAPITAL_EM) * pixelsPerMm;
  const most = Math.min(innerWidth / LEAST_EM.inline, innerHeight / LEAST_EM.block);
  return { pixels: Math.min(wanted, most), isTooFar: wanted > most };
}

export function setWord(pixels) {
  document.body.style.setProperty("--word", `${Math.ceil(pixels * 10) / 10}px`);
  arrangeFigures(grid().clientWidth / pixels);
  arrangeTiles(pixels);
}

/** As many columns as hold the numbers, and no more rows than that takes; evenly filled. */
function arrangeFigures(ems) {
  const count = longestRun();
  const fitting = (em) => Math.floor((ems + GAP_EM) / (em + GAP_EM));
  const most = Math.max(1, fitting(FIGURE_EM), Math.min(2, fitting(NARROW_EM)));
  const columns = Math.max(1, Math.ceil(count / Math.ceil(count / most)) || 1);
  grid().style.setProperty("--columns", columns);
  const isNarrow = columns > Math.max(1, fitting(FIGURE_EM));
  grid().style.setProperty("--duration-span", isNarrow ? 2 : 1);
  grid().style.setProperty("--note-lines", isNarrow ? 2 : 1); // a level takes one of its own
}

/** Tiles so wide that the numbers of each stand side by side. */
function arrangeTiles(pixels) {
  const list = document.querySelector(".wall-tiles");
  if (!list) return;
  [list.parentElement, ...list.children].forEach((each) => hide(each, false));
  list.toggleAttribute("data-measured", true);
  const widths = [...list.querySelectorAll(".wall-figures")].map((each) => each.offsetWidth);
  list.toggleAttribute("data-measured", false);
  list.style.setProperty("--tile", `${Math.ceil(Math.max(0, ...widths) + pixels * EDGE_EM)}px`);
}

/** How many numbers stand side by side at most, without a part between them that takes whole rows. */
function longestRun() {
  const lengths = [0];
  for (const element of grid().children) {
    const count = element.querySelectorAll(":scope > .wall-figure").length;
    if (count) lengths[lengths.length - 1] += count;
    else lengths.push(0);
  }
  return Math.max(...lengths);
}

/** Whether everything that is shown has room. By the boxes, for letters reach a little beyond their lines. */
export function fits() {
  const boxes = [...grid().querySelectorAll(":scope > *, .wall-totals > *")].filter((each) => !each.hidden);
  return Math.max(0, ...boxes.map(bottomOf)) <= bottomOf(grid()) + 1;
}
