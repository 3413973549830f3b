/* Doors that would cover each other are drawn as one, with their number.
 *
 *   const groups = new DoorGroups()
 *   groups.of(fleet, scale)    doors and groups {doors, worldX, worldY, late, unassigned, words};
 *                              made anew when the map is zoomed or fleet.looks is another number
 *
 * A group lies where its first door is, so that no two lie closer than that; a door that is chosen,
 * or whose row is pointed at, stands for itself.
 */

const APART = 40; // pixels
const NEAR = 256 * 2 ** 17; // the world's width in pixels from which on nothing is merged

export class DoorGroups {
  #made = [];
  #scale = 0;
  #looks = -1;

  of(fleet, scale) {
    if (scale !== this.#scale || fleet.looks !== this.#looks) {
      this.#scale = scale;
      this.#looks = fleet.looks;
      const alone = new Set([fleet.selected.order, fleet.hoveredOrder]);
      const doors = [...fleet.doors.values()].filter((door) => alone.has(door.id) || fleet.wants(door));
      this.#made = scale >= NEAR ? doors : merged(doors, alone, scale);
    }
    return this.#made;
  }
}

function merged(doors, alone, scale) {
  const cells = new Map();
  const found = [];
  for (const door of doors) {
    if (alone.has(door.id)) found.push([door]);
    else place(door, cells, found, scale);
  }
  return found.map((together) => (together.length > 1 ? groupOf(together) : together[0]));
}

function place(door, cells, found, scale) {
  const column = Math.floor((door.worldX * scale) / APART);
  const row = Math.floor((door.worldY * scale) / APART);
  for (let dx = -1; dx <= 1; dx += 1) {
    for (let dy = -1; dy <= 1; dy += 1) {
      for (const together of cells.get(keyOf(column + dx, row + dy)) ?? []) {
        const [first] = together;
        const apart = Math.hypot(first.worldX - door.worldX, first.worldY - door.worldY) * scale;
        if (apart < APART) {
          together.push(door);
          return;
        }
      }
    }
  }
  const together = [door];
  found.push(together);
  const key = keyOf(column, row);
  if (cells.has(key)) cells.get(key).push(together);
  else cells.set(key, [together]);
}

const keyOf = (column, row) => column * 67_108_864 + row;

function groupOf(doors) {
  const [{ worldX, worldY }] = doors;
  const late = doors.filter((door) => door.kind === "late").length;
  const unassigned = doors.filter((door) => door.kind === "unassigned").length;
  const parts = [`${doors.length} orders`];
  if (late) parts.push(`${late} late`);
  if (unassigned) parts.push(`${unassigned} unassigned`);
  return { doors, worldX, worldY, late, unassigned, words: parts.join(", ") };
}
