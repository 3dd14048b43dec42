// One of a few, all of them in sight.

import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';

import styles from './Segments.module.css';

interface Props {
  label: string;
  value: string;
  options: readonly { id: string; text: string }[];
  onChange: (id: string) => void;
}

export function Segments({ label, value, options, onChange }: Props) {
  return (
    <ToggleButtonGroup
      aria-label={label}
      className={styles.segments ?? ''}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        for (const key of keys) onChange(String(key));
      }}
    >
      {options.map(({ id, text }) => (
        <ToggleButton key={id} id={id} className={styles.segment ?? ''}>
          {text}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
