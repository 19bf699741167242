/** What a line tells. */
export interface LineEvents {
  /** A frame was heard, of another node or this one's own. */
  onFrame(bytes: Buffer): void;
  /** From now on all frames are heard, until `onLost`. It may be told again without an `onLost` before it. */
  onOpened(): void;
  /** Frames may not be heard, and none can be sent, until `onOpened`. */
  onLost(error: unknown): void;
  /** Something was refused. Whether it stops frames shows by itself. */
  onProblem(error: unknown): void;
}

/** A way between the nodes. It reconnects by itself, for ever. */
export interface Line {
  /**
   * Resolves once the frame has arrived where it is given out from.
   * @throws where that is not known; the line then tells that it is lost, and later that it is open again
   */
  send(frame: Buffer): Promise<void>;
  /** It is open, but nothing comes through it: its connections are given up, and new ones made. */
  renew(): void;
  close(): Promise<void>;
}

/** A kind of line, with what a publisher needs to know of it. */
export interface LineKind {
  open(events: LineEvents): Line;
  /** At least so long from the beginning of one frame to the next, in milliseconds. */
  readonly minIntervalMs: number;
  /**
   * How long before a loss is noticed a frame may have been sent in vain, in milliseconds: these are sent
   * again. Frames that `send` has failed for are sent again in any case.
   */
  readonly repeatMs: number;
}
