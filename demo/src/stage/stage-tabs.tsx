import type { Person } from "../connection/session.js";
import { Avatar } from "../controls/avatar.js";

/** The buttons that choose the device in front, where there is room for one device. */
export function StageTabs({
  people,
  frontId,
  onBring,
}: {
  people: readonly Person[];
  frontId: string | undefined;
  onBring: (id: string) => void;
}) {
  return (
    <nav className="stage-people" aria-label="People">
      {people.map(({ id, name }) => (
        <button
          key={id}
          type="button"
          className="chip"
          aria-current={id === frontId ? "true" : undefined}
          onClick={() => onBring(id)}
        >
          <Avatar name={name} />
          {name}
        </button>
      ))}
    </nav>
  );
}
