import type { App, WebContents } from 'electron';
import type { Outside } from './outside.ts';

/** Keeps every page where it is: nothing is navigated to, opened or embedded, whoever asks for it (S-SHELL-6). */
export function guardAllContents(app: Pick<App, 'on'>, outside: Outside): void {
  app.on('web-contents-created', (_, contents) => guardContents(contents, outside));
}

function guardContents(contents: WebContents, outside: Outside): void {
  const deny = (event: { preventDefault(): void }): void => event.preventDefault();
  contents.on('will-navigate', deny);
  contents.on('will-redirect', deny);
  contents.on('will-frame-navigate', deny);
  contents.on('will-attach-webview', deny);
  contents.setWindowOpenHandler(({ url }) => {
    outside.openLink(url);
    return { action: 'deny' };
  });
}
