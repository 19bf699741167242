import { createListeners } from "./listeners.js";

/** The network of one device. The user can switch it off, and the browser may lose it. */
export interface Network {
  /** Whether requests may go out: the switch is on, and the browser has a network. */
  readonly isOnline: boolean;
  readonly isSwitchedOn: boolean;
  switchTo(isOn: boolean): void;
  /** `fetch`, which fails at once without a network, and when the network is lost meanwhile. */
  readonly fetch: typeof fetch;
  /** Resolves as soon as there is a network. */
  online(): Promise<void>;
  /** Resolves after a time, or as soon as the network comes back. */
  pause(ms: number): Promise<void>;
  onChange(listener: () => void): () => void;
}

/** Makes the network of this page, which starts switched on. */
export function createNetwork(): Network {
  const listeners = createListeners();
  let isSwitchedOn = true;
  let isOnline = navigator.onLine;
  let cut = new AbortController();

  function update(): void {
    const wasOnline = isOnline;
    isOnline = isSwitchedOn && navigator.onLine;
    if (wasOnline && !isOnline) cut.abort(new TypeError("No network."));
    if (!wasOnline && isOnline) cut = new AbortController();
    if (!isOnline && !cut.signal.aborted)
      cut.abort(new TypeError("No network."));
    listeners.tell();
  }

  addEventListener("online", update);
  addEventListener("offline", update);

  return {
    get isOnline() {
      return isOnline;
    },
    get isSwitchedOn() {
      return isSwitchedOn;
    },
    switchTo(isOn) {
      isSwitchedOn = isOn;
      update();
    },
    fetch: (input, init) =>
      fetch(input, {
        ...init,
        signal: init?.signal
          ? AbortSignal.any([init.signal, cut.signal])
          : cut.signal,
      }),
    online: () =>
      new Promise((resolve) => {
        if (isOnline) {
          resolve();
          return;
        }
        const stop = listeners.add(() => {
          if (!isOnline) return;
          stop();
          resolve();
        });
      }),
    pause: (ms) =>
      new Promise((resolve) => {
        const stop = listeners.add(() => {
          if (isOnline) end();
        });
        const timer = setTimeout(end, ms);
        function end(): void {
          clearTimeout(timer);
          stop();
          resolve();
        }
      }),
    onChange: (listener) => listeners.add(listener),
  };
}
