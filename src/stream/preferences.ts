import { laterOf, type Snapshot } from "./snapshot.js";

/**
 * What this node knows of users' preferences has an order, too: each reading of changes also tells who
 * has switched a preference since the reading before, so a change is never shown by a preference that
 * was switched before it, whichever node switched it.
 */
export class Preferences {
  private known: Snapshot;
  private onSwitched: (userId: string) => void = () => undefined;

  /** @param snapshot nothing older is remembered of anybody */
  constructor(snapshot: Snapshot) {
    this.known = snapshot;
  }

  /** Everything that this snapshot sees is known. */
  get snapshot(): Snapshot {
    return this.known;
  }

  /** Calls back for each user who has switched a preference. */
  whenSwitched(callback: (userId: string) => void): void {
    this.onSwitched = callback;
  }

  /** A reading saw that these users have switched a preference. */
  learn(userIds: readonly string[], snapshot: Snapshot): void {
    for (const userId of userIds) this.onSwitched(userId);
    this.known = laterOf(this.known, snapshot);
  }

  /** The database began a new timeline. */
  restart(snapshot: Snapshot): void {
    this.known = snapshot;
  }
}
