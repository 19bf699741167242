import type { Viewer } from "../auth/viewer.js";
import {
  audienceOf,
  everyone,
  type Audience,
} from "../domain/receipts/audience.js";
import type { Services } from "../services.js";

/** The third argument of every resolver. */
export interface Context {
  readonly services: Services;
  /** The id that an error in the log shares with the answer to the client. */
  readonly requestId: string;
  /**
   * The user or service that the operation runs for.
   * @throws {AppError} UNAUTHENTICATED without a valid token
   * @throws {Error} in a shared execution, which has no viewer
   */
  viewer(): Viewer;
  /**
   * The audience that receipts are shown to.
   * @throws {AppError} UNAUTHENTICATED without a valid token
   */
  audience(): Audience;
}

/**
 * The context of an operation that one client sent.
 * @param viewer throws where the client sent no valid token
 */
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
 * The context of an execution for a stream event, whose result may go to many subscribers.
 * @param viewer null for a result that an audience shares: a resolver that asks for the viewer then
 * throws, and does not show one viewer's data to another viewer
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
