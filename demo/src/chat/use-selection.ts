import { useSyncExternalStore } from "react";

function onHashChange(listener: () => void): () => void {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
}

/** The open conversation. Its id is in the address, so that a reload and the browser's “back” find it. */
export function useSelection(): [
  id: string | null,
  select: (id: string | null) => void,
] {
  const hash = useSyncExternalStore(onHashChange, () => location.hash);
  return [
    hash.length > 1 ? decodeURIComponent(hash.slice(1)) : null,
    (id) => (location.hash = id === null ? "" : encodeURIComponent(id)),
  ];
}
