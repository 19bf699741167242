import { AppError } from "../foundation/errors.js";

/** Who asks, as their token says. */
export interface Viewer {
  /** The token's `sub`. */
  readonly userId: string;
  /** The host app's back end: sees every conversation, manages any, sends for any user, marks for none. */
  readonly isService: boolean;
  /** When the token stops being good, in milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/** Marks are a person's own (R19): a service token makes none. */
export function assertMarksForSelf(viewer: Viewer): void {
  if (viewer.isService)
    throw new AppError(
      "FORBIDDEN",
      "A service token marks for none: use the user's own token.",
    );
}
