/* Places on the earth: `{lat, lng}` in degrees, metres, degrees clockwise from north. Pure. */

const EARTH = 6_371_008.8; // metres, mean radius (IUGG)

const MERCATOR_END = 85.0511287798; // degrees; beyond, the square ends

const radians = (degrees) => (degrees * Math.PI) / 180;
const degrees = (angle) => (angle * 180) / Math.PI;

/** Metres between two places (haversine). */
export function metres(a, b) {
  const lat = Math.sin(radians(b.lat - a.lat) / 2);
  const lng = Math.sin(radians(b.lng - a.lng) / 2);
  const h = lat * lat + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * lng * lng;
  return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Degrees clockwise from north, for the way from `a` to `b`. */
export function bearing(a, b) {
  const lng = radians(b.lng - a.lng);
  const y = Math.sin(lng) * Math.cos(radians(b.lat));
  const x =
    Math.cos(radians(a.lat)) * Math.sin(radians(b.lat)) -
    Math.sin(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.cos(lng);
  return (degrees(Math.atan2(y, x)) + 360) % 360;
}

/** The place at `share` (0 to 1) of the way, the short way round the date line. */
export function between(a, b, share) {
  let turn = b.lng - a.lng;
  if (turn > 180) turn -= 360;
  if (turn < -180) turn += 360;
  return { lat: a.lat + (b.lat - a.lat) * share, lng: a.lng + turn * share };
}

/** The signed short way, in degrees, from one heading to another. */
export const turnTo = (from, to) => ((to - from + 540) % 360) - 180;

/** Metres that one pixel shows: Web Mercator has 256 px for the whole equator at zoom 0. */
export function metresPerPixel(lat, zoom) {
  return (2 * Math.PI * EARTH * Math.cos(radians(lat))) / (256 * 2 ** zoom);
}

/** Where a place lies on the whole world's square of Web Mercator, 0 to 1 from its upper left. */
export function mercator({ lat, lng }) {
  const sin = Math.sin(radians(Math.max(-MERCATOR_END, Math.min(MERCATOR_END, lat))));
  return { x: lng / 360 + 0.5, y: 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI) };
}
