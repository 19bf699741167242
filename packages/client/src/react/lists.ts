import { useMemo, useSyncExternalStore } from "react";
import type { Acked } from "../kit/acked.js";
import type { PagedList, Pages } from "../kit/pages.js";
import { useAcked } from "./provider.js";

const empty: PagedList<never> = {
  subscribe: () => () => undefined,
  get: () => none,
  more: () => undefined,
};

const none: Pages<never> = {
  nodes: [],
  isLoaded: false,
  hasMore: false,
  isLoadingMore: false,
  failure: null,
};

/** Shows a list while the component is on screen; another one where the id is another, none where it is undefined. */
export function useList<Node>(
  list: (acked: Acked, id: string) => PagedList<Node>,
  id: string | undefined,
): Pages<Node> & { readonly more: () => void } {
  const acked = useAcked();
  const { subscribe, get, more } = useMemo<PagedList<Node>>(
    () => (id === undefined ? empty : list(acked, id)),
    [list, acked, id],
  );
  return { ...useSyncExternalStore(subscribe, get, get), more };
}
