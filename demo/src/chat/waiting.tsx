import type { Queue } from "@acked/client";
import { useSyncExternalStore } from "react";
import { useApp } from "../app-context.js";
import { useConnection } from "./use-connection.js";

/** The numbers of receipts and messages that wait on this device for the server. */
export function Waiting() {
  const { receipts, outbox } = useApp();
  const connection = useConnection();
  const receiptCount = usePending(receipts);
  const messageCount = usePending(outbox);
  const isStuck = [useFailing(receipts), useFailing(outbox)].includes(true);
  const parts = [
    counted(receiptCount, "receipt"),
    counted(messageCount, "message"),
  ].filter((part) => part !== null);
  // Numbers that are there for a moment alone would only flicker.
  const isShown = parts.length > 0 && (connection !== "online" || isStuck);
  return (
    <div role="status" className="waiting-place">
      {isShown && (
        <p className="waiting" data-testid="waiting">
          {parts.join(", ")} waiting
        </p>
      )}
    </div>
  );
}

function usePending(queue: Queue): number {
  return useSyncExternalStore(queue.onChange, () => queue.pending);
}

function useFailing(queue: Queue): boolean {
  return useSyncExternalStore(queue.onChange, () => queue.failure !== null);
}

function counted(count: number, noun: string): string | null {
  if (count === 0) return null;
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
