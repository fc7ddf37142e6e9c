import {
  createDOMRenderer,
  FluentProvider,
  RendererProvider,
  teamsHighContrastTheme,
  type Theme,
  webDarkTheme,
  webLightTheme,
} from '@fluentui/react-components';
import { type ReactNode, useMemo, useSyncExternalStore } from 'react';

/** What the operator chose. */
export type ThemeChoice = 'system' | 'light' | 'dark';

const fonts =
  "'Segoe UI', 'Microsoft YaHei UI', 'Microsoft YaHei', -apple-system, 'PingFang SC', 'Noto Sans', 'Noto Sans CJK SC', 'WenQuanYi Micro Hei', sans-serif";
const monospace = "Consolas, 'Cascadia Mono', 'DejaVu Sans Mono', 'Courier New', monospace";

/** The kit's theme, a step denser, with fonts for Chinese and without shadows that remote desktop paints slowly. */
function dense(theme: Theme): Theme {
  return {
    ...theme,
    fontFamilyBase: fonts,
    fontFamilyMonospace: monospace,
    fontSizeBase200: '12px',
    fontSizeBase300: '13px',
    fontSizeBase400: '15px',
    lineHeightBase300: '18px',
    lineHeightBase400: '20px',
  };
}

const light = dense(webLightTheme);
const dark = dense({
  ...webDarkTheme,
  // the kit's dark danger is too dark to be read on its own backgrounds
  colorPaletteRedForeground1: '#f1707b',
});
const highContrast = dense(teamsHighContrastTheme);

/** Gives the kit its theme and the nonce that the page's content security policy allows styles by. */
export function ThemeProvider(props: {
  readonly choice: ThemeChoice;
  readonly nonce: string;
  readonly children: ReactNode;
}) {
  const { choice, nonce, children } = props;
  const renderer = useMemo(() => createDOMRenderer(document, { styleElementAttributes: { nonce } }), [nonce]);
  const isDark = useMedia('(prefers-color-scheme: dark)');
  const isForced = useMedia('(forced-colors: active)');
  const name = isForced ? 'high-contrast' : choice === 'system' ? (isDark ? 'dark' : 'light') : choice;
  const theme = name === 'high-contrast' ? highContrast : name === 'dark' ? dark : light;
  return (
    <RendererProvider renderer={renderer} targetDocument={document}>
      <FluentProvider theme={theme} className="theme" data-theme={name}>
        {children}
      </FluentProvider>
    </RendererProvider>
  );
}

/** Whether a media query holds now; follows its changes. */
function useMedia(query: string): boolean {
  const list = useMemo(() => matchMedia(query), [query]);
  return useSyncExternalStore(
    (changed) => {
      list.addEventListener('change', changed);
      return () => list.removeEventListener('change', changed);
    },
    () => list.matches,
  );
}
