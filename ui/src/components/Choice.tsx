// One of a few, from a list that opens.

import { Button, Label, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components';

import styles from './Choice.module.css';

interface Props {
  label: string;
  /** Whether the label is seen, or only heard. */
  showLabel?: boolean;
  value: string;
  options: readonly { id: string; text: string }[];
  onChange: (id: string) => void;
}

export function Choice({ label, showLabel = false, value, options, onChange }: Props) {
  return (
    <Select
      className={styles.choice ?? ''}
      value={value}
      onChange={(key) => {
        if (key !== null) onChange(String(key));
      }}
    >
      <Label className={showLabel ? (styles.label ?? '') : 'hidden'}>{label}</Label>
      <Button className={styles.button ?? ''}>
        <SelectValue />
        <span aria-hidden="true">▾</span>
      </Button>
      <Popover className={styles.popover ?? ''}>
        <ListBox className={styles.list ?? ''} items={options}>
          {({ id, text }) => (
            <ListBoxItem id={id} className={styles.item ?? ''}>
              {text}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
