import type { FastifyReply, FastifyRequest } from "fastify";
import type { Viewer } from "../../auth/viewer.js";
import type { UnderWay } from "../../fair/under-way.js";
import { AppError } from "../../foundation/errors.js";

const leaves = new WeakMap<FastifyRequest, () => void>();

/** Ends the turn of a request whose answer goes on, as a stream: others may take the turn. */
export function leaveTurn(request: FastifyRequest): void {
  leaves.get(request)?.();
  leaves.delete(request);
}

/**
 * Waits for the user's turn, which ends when the answer has gone out, or by {@link leaveTurn}.
 * @throws {AppError} RATE_LIMITED where the user has too much under way, UNAVAILABLE where the client is gone
 */
export async function takeTurn(
  underWay: UnderWay,
  viewer: Viewer,
  request: FastifyRequest,
  { raw }: FastifyReply,
): Promise<void> {
  const { headers } = request;
  const place = underWay.admit(viewer, Number(headers["content-length"] ?? 0));
  if (place instanceof AppError) throw place;
  if (raw.destroyed) {
    place.leave();
    throw gone();
  }
  leaves.set(request, () => place.leave());
  raw.once("close", () => {
    underWay.answered(viewer, Number(raw.getHeader("content-length") ?? 0));
    leaveTurn(request);
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

/** The error for a request whose client has left: nobody is told. */
export function gone(): AppError {
  return new AppError("UNAVAILABLE", "The client is gone.");
}
