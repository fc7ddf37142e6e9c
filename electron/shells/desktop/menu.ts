import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { Texts } from './texts.ts';

/** Puts up the menu: what a keyboard needs, and nothing that reloads or opens tools. */
export function showMenu({ menu }: Texts, showLogs: () => void): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(template(menu, showLogs)));
}

function template(words: Texts['menu'], showLogs: () => void): MenuItemConstructorOptions[] {
  return [
    { label: words.file, submenu: [{ role: 'close' }, { role: 'quit' }] },
    {
      label: words.edit,
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        { type: 'separator' },
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    {
      label: words.view,
      submenu: [{ role: 'zoomIn' }, { role: 'zoomOut' }, { role: 'resetZoom' }, { role: 'togglefullscreen' }],
    },
    { label: words.help, submenu: [{ label: words.logs, click: showLogs }] },
  ];
}
