import {
  createContext,
  createElement,
  useContext,
  useEffect,
  useMemo,
  type ReactNode,
} from "react";
import type { Acked } from "../kit/acked.js";
import { createSeenObserver, type SeenObserver } from "../seen-observer.js";

/** What the hooks share. */
interface Shared {
  readonly acked: Acked;
  /** The observer of message elements, made when the first is shown. */
  seen(): SeenObserver;
}

const AckedContext = createContext<Shared | null>(null);

/** Gives the hooks a signed-in user, and keeps the cache up to date while it is on screen. */
export function AckedProvider({
  acked,
  children,
}: {
  acked: Acked;
  children?: ReactNode;
}) {
  const { shared, close } = useMemo(() => share(acked), [acked]);
  useEffect(() => acked.start(), [acked]);
  useEffect(() => close, [close]);
  return createElement(AckedContext.Provider, { value: shared }, children);
}

function share(acked: Acked): { shared: Shared; close: () => void } {
  let observer: SeenObserver | null = null;
  return {
    shared: {
      acked,
      seen: () => (observer ??= createSeenObserver({ queue: acked.receipts })),
    },
    close() {
      observer?.close();
      observer = null;
    },
  };
}

/** What the hooks share. @throws where no `AckedProvider` is around the component */
export function useShared(): Shared {
  const shared = useContext(AckedContext);
  if (!shared) throw new Error("Put an AckedProvider around the component.");
  return shared;
}

/** The signed-in user's connection. */
export function useAcked(): Acked {
  return useShared().acked;
}
