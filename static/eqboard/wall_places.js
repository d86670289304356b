/* Which tiles and agents a wall shows: those in trouble before the others. Among equals whoever is in sight stays, and
   whoever is in sight keeps the place: a newcomer gets that of one who goes. Where all are in sight, they stand in the
   board's order. */

import { hide } from "./wall_type.js";

let places = new Map(); // of those in sight, by id

/** Show so many of a list's items. */
export function choose(items, count) {
  const isAll = count >= items.length;
  const ranked = items.map((item, place) => ({ item, key: importance(item, place) }));
  ranked.sort((one, other) => compare(one.key, other.key));
  const inSight = new Set(ranked.slice(0, count).map(({ item }) => item));
  const taken = isAll ? new Map() : placesFor(items.filter((item) => inSight.has(item)), count);
  for (const item of items) {
    hide(item, !inSight.has(item));
    setPlace(item, taken.get(item));
  }
}

/** From now on these are in sight. */
export function remember(items) {
  places = new Map(items.filter((item) => !item.hidden && item.style.order).map((item) => [item.id, Number(item.style.order)]));
}

function placesFor(items, count) {
  const kept = items.map((item) => [item, places.get(item.id)]).filter(([, place]) => place < count);
  const held = new Set(kept.map(([, place]) => place));
  const free = [...Array(count).keys()].filter((place) => !held.has(place));
  const isKept = new Map(kept);
  return new Map(items.map((item) => [item, isKept.get(item) ?? free.shift()]));
}

function setPlace(item, place) {
  const text = place === undefined ? "" : String(place);
  if (item.style.order !== text) item.style.order = text;
}

function importance(item, place) {
  const since = Number(item.querySelector("time[data-since]")?.dataset.since ?? Infinity);
  return [Number(item.dataset.rank), places.has(item.id) ? 0 : 1, since, place];
}

function compare(one, other) {
  const place = one.findIndex((each, at) => each !== other[at]);
  return place < 0 ? 0 : one[place] < other[place] ? -1 : 1;
}
