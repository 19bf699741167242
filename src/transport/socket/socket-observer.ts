/** Told of sockets that come and go. */
export interface SocketObserver {
  onOpened(): void;
  /** @param code any number, as a client may send any */
  onClosed(code: number): void;
}
