/** Where an order goes to: in words, and as links that call and navigate. Knows no state. */

/** The place that a driver heads for now: the pick-up until he has the order. */
export function headsFor(order) {
  const fetching = order.status === 'assigned' && hasPlace(order.pickup);
  return fetching ? order.pickup : order.destination;
}

export function placeWords(place) {
  const { address, lat, lng } = place ?? {};
  if (address) return address;
  return lat == null || lng == null ? 'No address' : `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
}

export function hasPlace(place) {
  return Boolean(place && (place.address || (place.lat != null && place.lng != null)));
}

/** The link that opens the way to a place in the phone's own map app; null where there is none. */
export function wayTo(place, agent = navigator.userAgent) {
  if (!hasPlace(place)) return null;
  const { lat, lng, address } = place;
  const point = lat == null || lng == null ? null : `${lat},${lng}`;
  const target = encodeURIComponent(point ?? address);
  if (/Android/.test(agent)) return `geo:${point ?? '0,0'}?q=${target}`;
  if (/iPhone|iPad|iPod/.test(agent)) return `https://maps.apple.com/?daddr=${target}`;
  if (point) return `https://www.openstreetmap.org/directions?to=${target}`;
  return `https://www.openstreetmap.org/search?query=${target}`;
}

/** The link that calls a number; null where the text holds none. */
export function callTo(phone) {
  const digits = (phone ?? '').replace(/[^\d+*#]/g, '');
  return /\d{3}/.test(digits) ? `tel:${digits.replaceAll('#', '%23')}` : null;
}

/** The name that a driver calls at the door. */
export function firstName(customer) {
  return (customer ?? '').trim().split(/\s+/)[0];
}

/** A promised time, as the phone's owner writes times. */
export function windowWords(window) {
  if (!window) return '';
  const time = (text) => new Date(text).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return `${time(window.from)} – ${time(window.to)}`;
}
