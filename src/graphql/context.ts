import type { Viewer } from "../auth/viewer.js";
import {
  audienceOf,
  everyone,
  type Audience,
} from "../domain/receipts/audience.js";
import type { Services } from "../services.js";

/** What every resolver gets. */
export interface Context {
  readonly services: Services;
  /** Ties an answer to the log. */
  readonly requestId: string;
  /**
   * Who asks.
   * @throws {AppError} UNAUTHENTICATED where no token was given
   */
  viewer(): Viewer;
  /** As whom receipts are seen. */
  audience(): Audience;
}

/** The context of an operation that somebody asks for. `viewer` throws where they gave no good token. */
export function operationContext(
  services: Services,
  requestId: string,
  viewer: () => Viewer,
): Context {
  const audience = () =>
    viewer().isService ? everyone : audienceOf(viewer().userId);
  return { services, requestId, viewer, audience };
}

/**
 * The context of an execution whose result is shared by an audience: it knows of no viewer, so that
 * a resolver which asks for one fails rather than shows one viewer's data to another.
 */
export function sharedContext(
  services: Services,
  requestId: string,
  audience: Audience,
  viewer: Viewer | null,
): Context {
  return {
    services,
    requestId,
    viewer() {
      if (!viewer)
        throw new Error(
          "a shared execution asked for the viewer: is its field marked @perViewer?",
        );
      return viewer;
    },
    audience: () => audience,
  };
}
