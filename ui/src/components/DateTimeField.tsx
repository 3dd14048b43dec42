// A moment in local time, to be typed or picked. It keeps what is half typed: `initial` is read once.

import { useId } from 'react';

import styles from './DateTimeField.module.css';

interface Props {
  label: string;
  /** As `<input type="datetime-local">` has it. */
  initial: string;
  invalid?: boolean;
  onChange: (text: string) => void;
}

export function DateTimeField({ label, initial, invalid = false, onChange }: Props) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <input
        id={id}
        type="datetime-local"
        className={styles.input}
        defaultValue={initial}
        aria-invalid={invalid}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
    </div>
  );
}
