import { laterOf, type Snapshot } from "./snapshot.js";

/**
 * Up to when this node knows users' preferences. Each reading of changes also tells which users have
 * switched a preference since the reading before. So a preference that was switched before a change, on
 * any node, is known before the change is shown.
 */
export class Preferences {
  private known: Snapshot;
  private onSwitched: (userId: string) => void = () => undefined;

  /** @param snapshot what it sees need not be learned: this node has read no preference before it */
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

  /** A sweep saw that a user has switched a preference: as it may have been learned before. */
  tell(userId: string): void {
    this.onSwitched(userId);
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
