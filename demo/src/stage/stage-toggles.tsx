import type { Person } from "../connection/session.js";
import { Avatar } from "../controls/avatar.js";

/** The people on the stage: each button adds a person or removes them. */
export function StageToggles({
  people,
  present,
  onToggle,
}: {
  people: readonly Person[];
  present: readonly string[];
  onToggle: (id: string) => void;
}) {
  return (
    <div className="stage-people" role="group" aria-label="People on the stage">
      {people.map(({ id, name }) => (
        <button
          key={id}
          type="button"
          className="chip"
          aria-pressed={present.includes(id)}
          onClick={() => onToggle(id)}
        >
          <Avatar name={name} />
          {name}
        </button>
      ))}
    </div>
  );
}
