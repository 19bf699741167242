type Listen = (type: "online", listener: () => void) => void;

/** The events of a browser's window or worker; Node has none. */
const events: {
  /** Every platform has this member; TypeScript refuses a type whose members are all absent. */
  readonly setTimeout: unknown;
  readonly addEventListener?: Listen;
  readonly removeEventListener?: Listen;
} = globalThis;

/** Calls back each time the browser comes online. Returns how to stop that. */
export function onOnline(listener: () => void): () => void {
  events.addEventListener?.("online", listener);
  return () => events.removeEventListener?.("online", listener);
}
