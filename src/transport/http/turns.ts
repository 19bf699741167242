import type { FastifyReply, FastifyRequest } from "fastify";
import type { Viewer } from "../../auth/viewer.js";
import { callerKey } from "../../fair/caller-key.js";
import type { Fairness } from "../../fair/fairness.js";
import type { Outlet } from "../../fair/under-way.js";
import { AppError } from "../../foundation/errors.js";

/**
 * Waits for the user's turn, before the body is read. It ends when the answer has gone out.
 * @throws {AppError} RATE_LIMITED where the user has too much under way, UNAVAILABLE where the client is gone
 */
export async function takeTurn(
  { underWay, queue }: Fairness,
  viewer: Viewer,
  { headers }: FastifyRequest,
  { raw }: FastifyReply,
): Promise<void> {
  const bytes = Number(headers["content-length"] ?? 0);
  const key = callerKey(viewer);
  const place = underWay.admit(viewer, bytes);
  if (place instanceof AppError) throw place;
  if (raw.destroyed) {
    place.leave();
    throw gone();
  }
  raw.once("close", () => {
    underWay.answered(viewer, Number(raw.getHeader("content-length") ?? 0));
    place.leave();
  });
  const outlet: Outlet = {
    isHeld: false,
    get isGone() {
      return raw.destroyed;
    },
    whenFree: () => undefined,
  };
  if (!(await place.turn(outlet))) throw gone();
  await queue.turn(key);
  if (outlet.isGone) throw gone();
  queue.count(key, { bytes });
}

function gone(): AppError {
  return new AppError("UNAVAILABLE", "The client is gone.");
}
