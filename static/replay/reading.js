/* Reads what was asked for, whole, and says how far it has come.
 *
 *   const {past, until} = await readPast(wanted, {signal, onBegin, onProgress})
 *
 * onBegin(past): whose it is, and of a fleet where everybody was; onProgress(share, words).
 * `until`: the end of what was read, which who is still on his way has passed already. Throws as
 * readLines does.
 */

import { FleetPast } from "./fleet.js";
import { pastOf } from "./form.js";
import { readLines } from "./lines.js";
import { TrackPast } from "./track.js";
import { countWords } from "./words.js";

export async function readPast(wanted, { signal, onBegin, onProgress }) {
  let begin = null;
  let past = null;
  const onLine = (line) => {
    if (line.type === "begin") {
      begin = line;
      past = line.kind === "fleet" ? new FleetPast(line) : new TrackPast(line);
      onBegin(past);
    } else if (line.type === "end") past.finish(line);
    else past.add(line.rows);
    const one = past.kind === "fleet" ? "driver" : "position";
    onProgress(shareOf(begin, line, past), `${countWords(past.count, one)} …`);
  };
  await readLines(pastOf(wanted), { signal, onLine });
  return { past, until: begin.until };
}

function shareOf(begin, line, past) {
  if (past.kind === "fleet") return (line.piece ?? 0) / Math.max(1, begin.pieces);
  const since = begin.since ?? past.begin;
  return (past.end - since) / Math.max(1, begin.until - since);
}
