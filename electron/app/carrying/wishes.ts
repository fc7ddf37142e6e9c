import type { CopyWishOptions, TagWish } from '../../contract/requests.ts';
import type { ExportFormat } from '../../engine/engine.ts';

/** What an operator asks to be written into a file, as typed. */
export interface ExportWish {
  /** References, or with `tags` repositories; places of files too. */
  readonly references: readonly string[];
  readonly listFile?: string;
  readonly tags?: TagWish;
  /** The file or folder to be written. */
  readonly path: string;
  readonly format: ExportFormat;
  /** What the file calls its only image, as in `oci:DIR:NAME`. */
  readonly name?: string;
  /** The most bytes of a volume. */
  readonly volumeBytes?: number;
  /** Receipts and bundles of what the site holds already. */
  readonly bases: readonly string[];
  readonly compression: 'none' | 'zstd';
  /** PEM of the Ed25519 key that signs. */
  readonly keyFile?: string;
  /** One volume of a set that is made again. */
  readonly again?: { readonly set: string; readonly volume: number };
  readonly options: CopyWishOptions;
}

/** What a file must be before anything is done with it, as typed. */
export interface TrustWish {
  /** The Ed25519 key of its sender in base64, or `any`; the one that is known for such images unless given. */
  readonly signer?: string;
  /** The set id of a bundle, or the digest of the only image of another file. */
  readonly digest?: string;
}

/** What an operator asks to be taken from a file, as typed. */
export interface ImportWish extends TrustWish {
  readonly files: readonly string[];
  /** `HOST[/PREFIX]` or `library:[PREFIX]`; this machine's library unless given. */
  readonly to?: string;
  /** `FROM=TO` each. */
  readonly maps: readonly string[];
  readonly createsProjects: boolean;
  /** Take the images that are whole out of a file that is not. */
  readonly isPartial?: boolean;
  readonly options: CopyWishOptions;
}
