// Text to search for.

import { Input, Label, SearchField } from 'react-aria-components';

import styles from './SearchBox.module.css';

interface Props {
  label: string;
  hint: string;
  value: string;
  onChange: (text: string) => void;
}

export function SearchBox({ label, hint, value, onChange }: Props) {
  return (
    <SearchField className={styles.search ?? ''} value={value} onChange={onChange}>
      <Label className={styles.label ?? ''}>{label}</Label>
      <Input className={styles.input ?? ''} placeholder={hint} />
    </SearchField>
  );
}
