// A text whose web addresses are links. They lead elsewhere, and learn nothing of the page that they are on.

import { linked } from '../model/linked';

export function Linked({ children }: { children: string }) {
  return linked(children).map((part, index) =>
    part.href === undefined ? (
      part.text
    ) : (
      <a key={index} href={part.href} target="_blank" rel="noopener noreferrer">
        {part.text}
      </a>
    ),
  );
}
