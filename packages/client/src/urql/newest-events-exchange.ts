import { mapExchange, type Exchange } from "@urql/core";
import { createNewestEvents, type UnderWay } from "../kit/newest.js";

/**
 * An exchange that keeps an older answer from winning over a newer event in the cache. It stands after the cache
 * exchange and before all exchanges that go to the server.
 */
export function newestEventsExchange(): Exchange {
  const newest = createNewestEvents();
  const underWay = new Map<number, UnderWay>();

  function end(key: number): void {
    underWay.get(key)?.end();
    underWay.delete(key);
  }

  return mapExchange({
    onOperation({ kind, key }) {
      if (kind === "teardown") end(key);
      else if (kind !== "subscription" && !underWay.has(key))
        underWay.set(key, newest.begin());
    },
    onResult(result) {
      const { operation } = result;
      const data: unknown = result.data;
      if (operation.kind === "subscription")
        return { ...result, data: newest.take(data) };
      const amended = underWay.get(operation.key)?.amend(data) ?? data;
      if (!result.hasNext) end(operation.key);
      return { ...result, data: amended };
    },
  });
}
