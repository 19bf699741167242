import { VisuallyHidden } from "./visually-hidden.js";

/** The state of a message that the user wrote. */
export type TickState = "sending" | "sent" | "delivered" | "read" | "failed";

const texts: Record<TickState, string> = {
  sending: "Sending",
  sent: "Sent",
  delivered: "Delivered",
  read: "Read",
  failed: "Not sent",
};

const drawings: Record<TickState, string> = {
  sending: "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8M8 4.6V8l2.4 1.6",
  sent: "m3.5 8.6 3 3 6-7",
  delivered: "m1.2 8.6 3 3 6-7M9 11.2l.4.4 6-7",
  read: "m1.2 8.6 3 3 6-7M9 11.2l.4.4 6-7",
  failed: "M8 3.2v5.6m0 3.6v.2",
};

/** A clock, one tick, two ticks, two coloured and heavier ticks, or an exclamation mark; with text. */
export function Ticks({ state }: { state: TickState }) {
  return (
    <span className="ticks" data-ticks={state}>
      <svg viewBox="0 0 16.6 16" aria-hidden="true">
        <path d={drawings[state]} />
      </svg>
      <VisuallyHidden>{texts[state]}</VisuallyHidden>
    </span>
  );
}
