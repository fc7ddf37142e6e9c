import type { ExportBase, ExportOrder } from '../../../electron/contract/bundles.ts';

/** How large a volume may be, by what it is carried on. */
export type VolumeSize = 'fat32' | 'cloud' | 'cloud2' | 'disc' | 'none' | 'own';

/** What the site holds already, with the name a person knows it by. */
export interface NamedBase {
  readonly name: string;
  readonly base: ExportBase;
}

/** An export while a person fills it in. */
export interface ExportForm {
  readonly format: ExportOrder['format'];
  readonly volume: VolumeSize;
  /** Megabytes, for `own`. */
  readonly ownVolume: string;
  readonly bases: readonly NamedBase[];
  readonly zstd: boolean;
  /** As typed: `os/arch`, with blanks or commas between. */
  readonly platforms: string;
  readonly attestations: 'keep' | 'drop';
  readonly referrers: boolean;
}

const megabyte = 1000 ** 2;
const sizes: Readonly<Record<Exclude<VolumeSize, 'own'>, number | undefined>> = {
  // what the engine takes by itself fits FAT32
  fat32: undefined,
  cloud: 4000 * megabyte,
  cloud2: 2000 * megabyte,
  disc: 25_000 * megabyte,
  none: Number.MAX_SAFE_INTEGER,
};

/** An export nobody has changed yet. */
export const usualExport: ExportForm = {
  format: 'bundle',
  volume: 'fat32',
  ownVolume: '',
  bases: [],
  zstd: false,
  platforms: '',
  attestations: 'keep',
  referrers: true,
};

/** True for a format that is one folder. */
export function isFolderFormat(format: ExportOrder['format']): boolean {
  return format === 'oci' || format === 'registry-storage';
}

/** True for a size of volumes that can be had. */
export function isVolumeRight({ volume, ownVolume }: ExportForm): boolean {
  return volume !== 'own' || (ownVolume.trim() !== '' && Number(ownVolume) >= 0.1 && Number(ownVolume) < 1e9);
}

/** The order that a form makes; what a format does not have is left out. */
export function orderOf(form: ExportForm, images: ExportOrder['images']): ExportOrder {
  const { format, volume, ownVolume, bases, zstd, platforms, attestations, referrers } = form;
  const isBundle = format === 'bundle';
  const volumeBytes = volume === 'own' ? Math.floor(Number(ownVolume) * megabyte) : sizes[volume];
  return {
    images,
    format,
    zstd: zstd && !isFolderFormat(format),
    bases: isBundle ? bases.map(({ base }) => base) : [],
    platforms: platforms.split(/[\s,，]+/).filter((platform) => platform !== ''),
    attestations,
    referrers,
    ...(isBundle && volumeBytes !== undefined ? { volumeBytes } : {}),
  };
}

/** What a file is called unless a person says otherwise. */
export function usualName(format: ExportOrder['format'], nowMs: number): string {
  const date = new Date(nowMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `images-${day}${isFolderFormat(format) ? '' : '.tar'}`;
}

/** The name with the ending that a format has. */
export function withEnding(name: string, format: ExportOrder['format']): string {
  const stem = name.replace(/\.tar$/, '');
  return isFolderFormat(format) ? stem : `${stem}.tar`;
}
