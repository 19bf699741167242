import type { MarkedMessage } from "./marks.js";
import type { ReceiptQueue } from "./receipt-queue.js";

/** What a seen observer needs. */
export interface SeenObserverOptions {
  /** Where the marks go. */
  readonly queue: Pick<ReceiptQueue, "read" | "readUpTo">;
  /**
   * `upTo`, the default, for a chat that is read from top to bottom: the newest message seen marks
   * all before it. `each`: a message is read only once it was itself seen.
   */
  readonly mode?: "upTo" | "each";
  /** How much of an element, or of the screen where that is smaller, must be in view: 0 to 1; half by default. */
  readonly threshold?: number;
  /** The element that scrolls; by default the page. */
  readonly root?: Element | Document;
}

/** Turns what a user sees into read marks. */
export interface SeenObserver {
  /** Marks the message as read once its element is in view. Returns how to stop watching it. */
  observe(element: Element, message: MarkedMessage): () => void;
  close(): void;
}

/** How finely visibility is told: an element higher than the screen never gets to half of itself. */
const steps = Array.from({ length: 21 }, (_, i) => i / 20);

/**
 * Makes an observer of message elements. A message counts as seen while its element is in view in a
 * document that is visible in a window that has the focus; each is marked once. Leave out the user's own.
 */
export function createSeenObserver({
  queue,
  mode = "upTo",
  threshold = 0.5,
  root,
}: SeenObserverOptions): SeenObserver {
  const watched = new Map<Element, MarkedMessage>();
  const inView = new Set<Element>();

  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries)
        if (isSeen(entry, threshold)) inView.add(entry.target);
        else inView.delete(entry.target);
      markSeen();
    },
    { root: root ?? null, threshold: steps },
  );

  function forget(element: Element): void {
    observer.unobserve(element);
    watched.delete(element);
    inView.delete(element);
  }

  function markSeen(): void {
    if (document.visibilityState !== "visible" || !document.hasFocus()) return;
    const newest = new Map<string, MarkedMessage>();
    for (const element of [...inView]) {
      const message = watched.get(element);
      forget(element);
      if (!message) continue;
      const { conversationId, seq } = message;
      if (mode === "each") queue.read(message);
      else if (seq > (newest.get(conversationId)?.seq ?? 0))
        newest.set(conversationId, message);
    }
    for (const message of newest.values()) queue.readUpTo(message);
  }

  document.addEventListener("visibilitychange", markSeen);
  addEventListener("focus", markSeen);

  return {
    observe(element, message) {
      watched.set(element, message);
      observer.observe(element);
      return () => {
        if (watched.get(element) === message) forget(element);
      };
    },
    close() {
      observer.disconnect();
      watched.clear();
      inView.clear();
      document.removeEventListener("visibilitychange", markSeen);
      removeEventListener("focus", markSeen);
    },
  };
}

function isSeen(
  {
    isIntersecting,
    intersectionRatio,
    intersectionRect,
    rootBounds,
  }: IntersectionObserverEntry,
  threshold: number,
): boolean {
  const screenHeight = rootBounds?.height ?? innerHeight;
  return (
    isIntersecting &&
    (intersectionRatio >= threshold ||
      intersectionRect.height >= screenHeight * threshold)
  );
}
