/** Says when requests may get through again. */
export interface Connectivity {
  /**
   * Calls back each time the device is online again, or the app is in the foreground again. A call too many does
   * no harm. Returns how to stop that.
   */
  onOnline(listener: () => void): () => void;
}

type Listen = (type: "online", listener: () => void) => void;

/** The events of a browser's window or worker; Node and React Native have none. */
const events: {
  /** Every platform has this member; TypeScript refuses a type whose members are all absent. */
  readonly setTimeout: unknown;
  readonly addEventListener?: Listen;
  readonly removeEventListener?: Listen;
} = globalThis;

/** What a browser says by its `online` event; on platforms without it, nothing. */
export const browserConnectivity: Connectivity = {
  onOnline(listener) {
    events.addEventListener?.("online", listener);
    return () => events.removeEventListener?.("online", listener);
  },
};
