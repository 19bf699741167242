import type { Viewer } from "../auth/viewer.js";
import type { Fairness } from "../fair/fairness.js";
import type { RateName, ShareName } from "../fair/limits.js";
import { refuseSlowly } from "../fair/refuse-slowly.js";
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
   * Takes points of the viewer's rate, for what the operation is about to do.
   * @returns the viewer
   * @throws {AppError} UNAUTHENTICATED; RATE_LIMITED where the viewer has no such points left
   */
  charged(rate: RateName, points?: number): Promise<Viewer>;
  /**
   * Does work that has so much of the viewer's share until it has ended.
   * @throws {AppError} UNAUTHENTICATED; RATE_LIMITED where that is more than the share: nothing is done
   */
  holding<T>(
    share: ShareName,
    count: number,
    work: () => Promise<T>,
  ): Promise<T>;
  /**
   * The audience that receipts are shown to.
   * @throws {AppError} UNAUTHENTICATED without a valid token
   */
  audience(): Audience;
}

/**
 * The context of an operation that one client sent.
 * @param viewer throws where the client sent no valid token
 * @param fair keeps the viewer's rates; null where nobody else is served
 */
export function operationContext(
  services: Services,
  requestId: string,
  viewer: () => Viewer,
  fair: Pick<Fairness, "charge" | "shares"> | null = null,
): Context {
  const audience = () =>
    viewer().isService ? everyone : audienceOf(viewer().userId);
  async function charged(rate: RateName, points = 1): Promise<Viewer> {
    const caller = viewer();
    const refusal = await fair?.charge(caller, rate, points);
    if (refusal) await refuseSlowly(refusal);
    return caller;
  }
  async function holding<T>(
    share: ShareName,
    count: number,
    work: () => Promise<T>,
  ): Promise<T> {
    const caller = viewer();
    const refusal = fair?.shares.take(share, caller, { count });
    if (refusal) await refuseSlowly(refusal);
    try {
      return await work();
    } finally {
      fair?.shares.release(share, caller, { count });
    }
  }
  return { services, requestId, viewer, charged, holding, audience };
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
    charged: ofNobody,
    holding: ofNobody,
    audience: () => audience,
  };
}

/** Events only read. */
function ofNobody(): Promise<never> {
  return Promise.reject(new Error("an event takes nothing of anybody"));
}
