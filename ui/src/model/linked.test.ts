import { expect, it } from 'vitest';

import { linked } from './linked';

const shown = (text: string) => linked(text).map(({ text, href }) => (href === undefined ? text : `<${href}>`));

it.each([
  ['', ['']],
  ['no address', ['no address']],
  ['https://wiki.example.org/DiskFull', ['<https://wiki.example.org/DiskFull>']],
  ['see http://a/b?c=d&e#f. Then (https://c/).', ['see ', '<http://a/b?c=d&e#f>', '. Then (', '<https://c/>', ').']],
  ['javascript:alert(1) data:text/html,x ftp://h', ['javascript:alert(1) data:text/html,x ftp://h']],
  ['<a href="https://a">', ['<a href="', '<https://a>', '">']],
  ['https:// nothing', ['https:// nothing']],
])('finds the addresses in %j', (text, parts) => {
  expect(shown(text)).toEqual(parts);
});
