import type { MarkedMessage } from "./marks.js";
import type { ReceiptQueue } from "./receipt-queue.js";

/** The settings of a seen observer. */
export interface SeenObserverOptions {
  /** The queue that gets the marks. */
  readonly queue: Pick<ReceiptQueue, "read" | "readUpTo">;
  /**
   * `upTo`, the default, is for a chat that is read from top to bottom: the newest seen message marks
   * all earlier messages. With `each`, a message is marked only when it was seen itself.
   */
  readonly mode?: "upTo" | "each";
  /** The part of an element that must be in view, 0 to 1, or of the screen where that is smaller; 0.5 by default. */
  readonly threshold?: number;
  /** The element that scrolls; by default the page. */
  readonly root?: Element | Document;
}

/** Marks the messages that a user sees as read. */
export interface SeenObserver {
  /** Marks the message as read once its element is in view. Returns how to stop watching the element. */
  observe(element: Element, message: MarkedMessage): () => void;
  close(): void;
}

/** The shares of visibility that call back. An element higher than the screen is never half in view. */
const steps = Array.from({ length: 21 }, (_, i) => i / 20);

/**
 * Makes an observer of message elements. A message counts as seen while its element is in view, the
 * document is visible, and the window has the focus. Each message is marked once. Do not observe the
 * user's own messages.
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
