/* Where the map looks: into the part of it that neither panel nor drawer covers. */

import { reducedMotion } from "../map/map.js";

const EDGE = 48; // pixels kept free around what is looked at
const SMALL = 0.2; // of the free part; what takes less of it could be shown larger

export class Sight {
  lookedAt = 0;

  /** `frame()` says how much of the map is covered, in pixels from each edge. */
  constructor(map, frame) {
    this.map = map;
    this.frame = frame;
  }

  /** Shows all these places, no nearer than `maxZoom`. */
  look(places, maxZoom, animate = true) {
    if (places.length === 0) return;
    this.lookedAt = performance.now();
    const { top, right, bottom, left } = this.frame();
    this.map.fitBounds(boundsOf(places), {
      paddingTopLeft: [left + EDGE, top + EDGE],
      paddingBottomRight: [right + EDGE, bottom + EDGE],
      maxZoom,
      animate: animate && !reducedMotion(),
      duration: 0.5,
    });
  }

  sees(place) {
    const { top, right, bottom, left } = this.frame();
    const size = this.map.getSize();
    const at = this.map.latLngToContainerPoint(place);
    return (
      at.x > left + EDGE / 2 &&
      at.x < size.x - right - EDGE / 2 &&
      at.y > top + EDGE / 2 &&
      at.y < size.y - bottom - EDGE / 2
    );
  }

  seesAll(places) {
    const bounds = boundsOf(places);
    return this.sees(bounds.getNorthWest()) && this.sees(bounds.getSouthEast());
  }

  /** Whether all these places together take only a small part of what is free. */
  isSmall(places) {
    const { top, right, bottom, left } = this.frame();
    const { x, y } = this.map.getSize();
    const bounds = boundsOf(places);
    const from = this.map.latLngToContainerPoint(bounds.getNorthWest());
    const to = this.map.latLngToContainerPoint(bounds.getSouthEast());
    const [width, height] = [to.x - from.x, to.y - from.y];
    return width < SMALL * (x - left - right) && height < SMALL * (y - top - bottom);
  }
}

const boundsOf = (places) => window.L.latLngBounds(places.map(({ lat, lng }) => [lat, lng]));
