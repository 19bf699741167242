import { AppError } from "../foundation/errors.js";

/** The caller, as their token states. */
export interface Viewer {
  /** The token's `sub`. */
  readonly userId: string;
  /**
   * Whether the caller is the host app's back end, which sees and manages every conversation, sends
   * for any user, and marks for none.
   */
  readonly isService: boolean;
  /** The time at which the token expires, in milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/**
 * Refuses users: only the host app's back end decides on users.
 * @throws {AppError} FORBIDDEN
 */
export function assertService(viewer: Viewer): void {
  if (!viewer.isService)
    throw new AppError("FORBIDDEN", "Only a service token may do this.");
}

/**
 * Refuses service tokens: users mark for themselves alone (R19).
 * @throws {AppError} FORBIDDEN
 */
export function assertMarksForSelf(viewer: Viewer): void {
  if (viewer.isService)
    throw new AppError(
      "FORBIDDEN",
      "A service token marks for none: use the user's own token.",
    );
}
