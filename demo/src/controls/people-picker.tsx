import type { Person } from "../connection/session.js";
import { Avatar } from "./avatar.js";

/** A list of people with checkboxes. */
export function PeoplePicker({
  legend,
  people,
  picked,
  onPick,
}: {
  legend: string;
  people: readonly Pick<Person, "id" | "name">[];
  picked: readonly string[];
  onPick: (ids: readonly string[]) => void;
}) {
  return (
    <fieldset className="people-picker">
      <legend>{legend}</legend>
      {people.map(({ id, name }) => (
        <label key={id} className="person-choice">
          <Avatar name={name} />
          <span>{name}</span>
          <input
            type="checkbox"
            checked={picked.includes(id)}
            onChange={({ target }) =>
              onPick(
                target.checked
                  ? [...picked, id]
                  : picked.filter((other) => other !== id),
              )
            }
          />
        </label>
      ))}
    </fieldset>
  );
}
