/**
 * Why something may have been lost.
 *
 * - `gap`: a frame's number was not the next one of its sender
 * - `behind`: a sender that was quiet has a higher number than was heard of it
 * - `silence`: a known sender was not heard for three seconds, and had not left
 * - `unknown`: a sender was heard for the first time
 * - `unreadable`: a frame could not be read
 * - `connected`: this node's own line is open, or open again
 * - `stood still`: this process did not run for some seconds
 */
export type Loss =
  | "gap"
  | "behind"
  | "silence"
  | "unknown"
  | "unreadable"
  | "connected"
  | "stood still";

/** Told of what passes on the bus. */
export interface BusObserver {
  /** A frame was sent, with so many notices. */
  onSent(notices: number): void;
  /** A frame of another node was heard, with so many notices. */
  onHeard(notices: number): void;
  onLoss(loss: Loss): void;
  /** Listeners were told to compare; the loss is the first that asked for it. */
  onComparison(loss: Loss): void;
  /** Notices that waited too long were dropped: the other nodes will see a gap. */
  onDropped(notices: number): void;
  /** The line to the other nodes was lost, or could not be opened. */
  onLost(error: unknown): void;
  /** The line still stands, but something was refused on it. */
  onProblem(error: unknown): void;
  onConnected(): void;
}
