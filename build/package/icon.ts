import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import type { IconPicture } from './ico.ts';

/** The sizes Windows asks for: lists, the taskbar and large tiles, at 100 to 200 %. */
export const iconSizes: readonly number[] = [16, 20, 24, 32, 40, 48, 64, 128, 256];

/** The product's icon as a PNG in every size of `iconSizes`. Draws with no font and nothing of this machine. */
export async function drawIcon(): Promise<readonly IconPicture[]> {
  const svg = await readFile(new URL('icon.svg', import.meta.url), 'utf8');
  await renderer();
  return iconSizes.map((size) => {
    const drawing = new Resvg(svg, { fitTo: { mode: 'width', value: size }, font: { loadSystemFonts: false } });
    return { size, png: drawing.render().asPng() };
  });
}

let loading: Promise<void> | undefined;

function renderer(): Promise<void> {
  // the program may be loaded only once in a process
  loading ??= readFile(createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm')).then(initWasm);
  return loading;
}
