import type { FastifyReply, FastifyRequest } from "fastify";
import type { Viewer } from "../../auth/viewer.js";
import type { UnderWay } from "../../fair/under-way.js";
import { AppError } from "../../foundation/errors.js";

/**
 * Waits for the user's turn, which ends when the answer has gone out.
 * @throws {AppError} RATE_LIMITED where the user has too much under way, UNAVAILABLE where the client is gone
 */
export async function takeTurn(
  underWay: UnderWay,
  viewer: Viewer,
  { headers }: FastifyRequest,
  { raw }: FastifyReply,
): Promise<void> {
  const place = underWay.admit(viewer, Number(headers["content-length"] ?? 0));
  if (place instanceof AppError) throw place;
  if (raw.destroyed) {
    place.leave();
    throw gone();
  }
  raw.once("close", () => {
    underWay.answered(viewer, Number(raw.getHeader("content-length") ?? 0));
    place.leave();
  });
  const isTurn = await place.turn({
    isHeld: false,
    get isGone() {
      return raw.destroyed;
    },
    whenFree: () => undefined,
  });
  if (!isTurn) throw gone();
}

function gone(): AppError {
  return new AppError("UNAVAILABLE", "The client is gone.");
}
