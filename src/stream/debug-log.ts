import type { Logger } from "pino";
import type { Follower } from "./follower.js";
import type { StreamObserver } from "./observer.js";

/** Writes a debug line for everything that an observer is told of. No line holds content. */
export function withDebugLog(
  log: Logger,
  observer: StreamObserver,
): StreamObserver {
  return {
    ...observer,
    onWithheld(withheld) {
      observer.onWithheld(withheld);
      if (!log.isLevelEnabled("debug")) return;
      const { reason, follower, version } = withheld;
      log.debug({ reason, ...namesOf(follower), version }, "event withheld");
    },
    onReset(follower) {
      observer.onReset(follower);
      log.debug(namesOf(follower), "subscriber reset");
    },
    onSweepFound(conversations) {
      observer.onSweepFound(conversations);
      if (conversations > 0)
        log.debug({ conversations }, "sweep found missed changes");
    },
  };
}

function namesOf({ conversationId, subscription, position, state }: Follower) {
  return {
    conversationId,
    subscription: subscription.id,
    state,
    sentVersion: position.version,
  };
}
