import { Bounds } from "./bounds.js";
import type { History } from "./history.js";
import { checkMarks } from "./marks.js";
import { checkSends } from "./sends.js";
import { checkStreams } from "./streams.js";
import type { Violation } from "./violation.js";

/**
 * Judges a history, in the manner of Jepsen's checkers (https://github.com/jepsen-io/jepsen): from when
 * operations were invoked, when and how they ended, and what they told, it finds what no right service
 * can have answered. Its `truth` must have been read once nothing was under way.
 */
export function checkHistory(history: History): Violation[] {
  const bounds = new Bounds(history);
  return [
    ...checkSends(history),
    ...checkMarks(history, bounds),
    ...checkStreams(history, bounds),
  ];
}
