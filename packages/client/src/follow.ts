import { defaultReturn, pause, returnMs, type BackOff } from "./back-off.js";
import type { Connectivity } from "./connectivity.js";
import { failureOfStream, type Failure } from "./failure.js";
import {
  cursorOf,
  startSubscription,
  type FollowResult,
  type FollowSource,
  type SomeVariables,
} from "./subscription.js";
import { textOf } from "./untyped.js";

/*
 * The states of a following:
 *
 *   waiting ── the wait is over ──▶ listening ── an event ──▶ listening, with its cursor
 *      ▲                                │
 *      ├──── the subscription is lost ──┤
 *      └──── refused, to be mended ─────┤   cursor: onCursorRefused, token: onTokenRefused
 *                                       └── refused for good, or completed ──▶ ended (onEnd)
 *
 * `stop()` leads from every state to the end, without `onEnd`.
 */

/** How a following treats its losses. */
export interface FollowSettings {
  /** Up to 2 s at first, up to 30 s at last, by default. An event, or a subscription longer than the longest wait, resets it. */
  readonly backOff?: BackOff | undefined;
  /** What ends a wait early; by default the browser's `online` event. */
  readonly connectivity?: Connectivity | undefined;
  /**
   * Called before each attempt, with 0 before the first one; the attempt begins when the promise
   * resolves. By default that is after `ms`, or as soon as `connectivity` says so.
   * @param signal aborted by `stop()`
   */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  /**
   * Called when the server refused the token, as a result (UNAUTHENTICATED) or as close code 4403.
   * After it has returned or resolved, the subscription is tried again after the back-off; without the
   * callback too, since a graphql-ws client asks `connectionParams` for each connection. A throw or
   * rejection ends the following.
   */
  readonly onTokenRefused?: () => unknown;
}

/** The subscription to follow, and the callbacks. None of them is called after `stop()`. */
export type FollowOptions<Data, Variables extends SomeVariables> = FollowSource<
  Data,
  Variables
> &
  FollowSettings & {
    /**
     * The variables of the first attempt; later ones differ in `after` alone. `after` is the cursor
     * to begin from; null or absent begins with what happens from then on.
     */
    readonly variables: Variables;
    /**
     * Called with each event, in order; an event may repeat (R23). `reset: true` arrives here too: the
     * state is then to be read anew, and the stream goes on from the event's cursor (R25). The return
     * value is ignored. A throw is reported as an uncaught error, and the event counts as taken.
     */
    readonly onData: (data: Data, result: FollowResult<Data>) => void;
    /**
     * Called when the server cannot go on from the cursor: events are missing, and the state is to be
     * read anew. Status changes say so by `reset`; `messageAdded` answers BAD_USER_INPUT (R25).
     * Returns, or resolves with, the cursor to go on from; null begins with what happens from then
     * on. A throw or rejection, or no such callback, ends the following.
     */
    readonly onCursorRefused?: () => string | null | Promise<string | null>;
    /**
     * Called once, when the following has ended by itself: NOT_FOUND, FORBIDDEN, CONFLICT, other
     * BAD_USER_INPUT, or the server completed the subscription because the viewer was removed from
     * the conversation (R21; told as NOT_FOUND). A throw is reported as an uncaught error.
     * @param cause the result or the error that ended it; undefined where the server completed it
     */
    readonly onEnd?: (failure: Failure, cause: unknown) => void;
  };

/** A subscription that goes on through lost connections. */
export interface Following {
  /** The cursor of the newest event that `onData` has taken; `after` before the first. */
  readonly cursor: string | null;
  /** Ends the following, also during a back-off. Call it before the client is disposed of. */
  stop(): void;
}

/** Why a subscription is over, and the result or error that says so. */
interface Loss {
  readonly failure: Failure;
  readonly cause: unknown;
}

/**
 * Follows a subscription by its cursor: after each lost connection, or a start that failed for a
 * while (UNAVAILABLE, RATE_LIMITED, INTERNAL_SERVER_ERROR), it subscribes again `after` the newest
 * cursor. No event is missed, and few are repeated (R22, R23). The document must select `cursor` in
 * its one field.
 *
 * The client must not go on by itself from where a subscription began. A graphql-ws client that
 * retries is fine all the same: it reads the newest cursor from the variables.
 */
export function follow<Data, Variables extends SomeVariables = SomeVariables>(
  options: FollowOptions<Data, Variables>,
): Following {
  const { backOff = defaultReturn, onData, onEnd } = options;
  const wait =
    options.wait ?? ((ms, signal) => pause(ms, signal, options.connectivity));
  const variables: Variables = { ...options.variables };
  const stopping = new AbortController();
  const isStopped = () => stopping.signal.aborted;
  let cursor = textOf(variables["after"]) ?? null;
  let attempt = 0;
  let unsubscribe = (): void => undefined;

  function goOnFrom(next: string | null): void {
    cursor = next;
    Object.assign(variables, { after: next });
  }

  /** Listens until the subscription is lost. */
  function listen(): Promise<Loss> {
    return new Promise((resolve) => {
      let isLost = false;
      const lose = (error: unknown, cause: unknown) => {
        isLost = true;
        resolve({ failure: failureOfStream(error), cause });
      };
      unsubscribe = startSubscription(options, variables, {
        next(result) {
          if (isLost || isStopped()) return;
          const { data, error = result.errors } = result;
          if (data) {
            attempt = 0;
            attend(() => onData(data, result));
            goOnFrom(cursorOf(data) ?? cursor);
          } else if (error) lose(error, result);
        },
        error: (error) => lose(error, error),
        complete: () => lose(completed, undefined),
      });
      if (isStopped()) unsubscribe();
    });
  }

  /** Whether to subscribe again, once the cursor or the token that was refused is replaced. */
  async function isToGoOn({ code, argumentPath }: Failure): Promise<boolean> {
    if (code === "UNAUTHENTICATED") await options.onTokenRefused?.();
    if (code !== "BAD_USER_INPUT") return !final.includes(code);
    const isCursor = cursor !== null && argumentPath?.[0] === "after";
    if (!isCursor || !options.onCursorRefused) return false;
    const next = await options.onCursorRefused();
    if (!isStopped()) goOnFrom(next);
    return true;
  }

  async function run(): Promise<void> {
    for (let ms = 0; ;) {
      await wait(ms, stopping.signal);
      if (isStopped()) return;
      const startedMs = Date.now();
      const { failure, cause } = await listen().catch(
        (thrown: unknown): Loss => ({
          failure: failureOfStream(thrown),
          cause: thrown,
        }),
      );
      if (isStopped()) return;
      unsubscribe();
      const goesOn = await isToGoOn(failure).catch(() => false);
      if (isStopped()) return;
      if (!goesOn) {
        stopping.abort();
        attend(() => onEnd?.(failure, cause));
        return;
      }
      if (Date.now() - startedMs > backOff.longestMs) attempt = 0;
      ms = returnMs(backOff, attempt++, failure.retryAfterMs);
    }
  }
  void run();

  return {
    get cursor() {
      return cursor;
    },
    stop() {
      stopping.abort();
      unsubscribe();
    },
  };
}

/** A failure that ends a following: the same subscription would fail again. */
const final: readonly Failure["code"][] = [
  "NOT_FOUND",
  "FORBIDDEN",
  "CONFLICT",
];

/** The errors that a completed subscription stands for. */
const completed = [
  {
    message: "The server completed the subscription.",
    extensions: { code: "NOT_FOUND" },
  },
];

/** Calls back into the app; a throw of the app's is reported as an uncaught error. */
function attend(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
