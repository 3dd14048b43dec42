// A button, plain or for the main thing that a page does.

import { Button as AriaButton, type ButtonProps } from 'react-aria-components';

import styles from './Button.module.css';

export function Button({ tone = 'plain', ...props }: Omit<ButtonProps, 'className'> & { tone?: 'plain' | 'main' }) {
  return <AriaButton {...props} className={styles.button ?? ''} data-tone={tone} />;
}
