// One of a few, from the browser's own list: the header is part of every first page, and loads nothing for it.

import styles from './SmallChoice.module.css';

interface Props {
  /** Only heard. */
  label: string;
  value: string;
  options: readonly { id: string; text: string }[];
  onChange: (id: string) => void;
}

export function SmallChoice({ label, value, options, onChange }: Props) {
  return (
    <select
      className={styles.choice}
      aria-label={label}
      value={value}
      onChange={({ target }) => {
        onChange(target.value);
      }}
    >
      {options.map(({ id, text }) => (
        <option key={id} value={id}>
          {text}
        </option>
      ))}
    </select>
  );
}
