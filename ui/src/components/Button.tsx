// A button, plain or for the main thing that a page does. It never drops the focus that it has: not while it is
// disabled, not while its request is under way, and not when it goes away.

import { useEffectEvent, useLayoutEffect, useRef, type ReactNode, type RefObject } from 'react';
import { Button as AriaButton, ProgressBar, type ButtonProps } from 'react-aria-components';

import { useTexts } from '../messages/react';
import { focus } from './focus';
import styles from './Button.module.css';

interface Props extends Pick<ButtonProps, 'aria-label' | 'isPending'> {
  tone?: 'plain' | 'main';
  isDisabled?: boolean;
  /** For those who give it the focus. */
  ref?: RefObject<HTMLButtonElement | null>;
  /** What gets the focus when the button goes away with it. */
  heir?: (() => HTMLElement | null | undefined) | undefined;
  onPress: () => void;
  children: ReactNode;
}

export function Button({ tone = 'plain', isDisabled = false, ref, heir, onPress, children, ...props }: Props) {
  const { app } = useTexts();
  const own = useRef<HTMLButtonElement>(null);
  const button = ref ?? own;
  const handOn = useEffectEvent(() => {
    focus(heir?.());
  });
  useLayoutEffect(() => {
    const pressed = button.current;
    return () => {
      // After this change, not amid it: the heir may come with it, and React listens to no events until then.
      if (document.activeElement === pressed) queueMicrotask(handOn);
    };
  }, [button]);
  return (
    <AriaButton
      {...props}
      ref={button}
      className={styles.button ?? ''}
      data-tone={tone}
      // A button with `disabled` would lose the focus. This one keeps it, but is not stopped at.
      aria-disabled={isDisabled}
      excludeFromTabOrder={isDisabled}
      onPress={() => {
        if (!isDisabled) onPress();
      }}
    >
      {children}
      {props.isPending === true && <ProgressBar aria-label={app.underWay} isIndeterminate className="hidden" />}
    </AriaButton>
  );
}
