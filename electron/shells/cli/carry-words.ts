import type { JudgedSender } from '../../app/carrying/senders.ts';
import type { Language } from '../../contract/language.ts';

/** The words of `export`, `import`, `verify FILE` and `receipt` that are not errors, in both languages. */
export interface CarryWords {
  readonly file: (name: string, kind: string, images: number) => string;
  readonly set: (set: string, volumes: number) => string;
  readonly created: (date: string) => string;
  readonly signed: (key: string) => string;
  readonly unsigned: string;
  readonly senders: Readonly<Record<Exclude<JudgedSender['state'], 'unsigned'>, string>>;
  readonly checking: string;
  readonly checked: (blobs: number, bytes: string) => string;
  readonly incomplete: (image: string) => string;
  readonly written: (path: string) => string;
  readonly nothingMissing: string;
  readonly contents: (blobs: number, bytes: string, total: string) => string;
  readonly leftOut: (blobs: number, bytes: string) => string;
  readonly walked: (tags: number, digests: number) => string;
  readonly receipt: (file: string, repositories: number, digests: number, bytes: string) => string;
  readonly notInReceipt: (name: string, problem: string) => string;
  readonly noImages: (file: string) => string;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const en: CarryWords = {
  file: (name, kind, images) => `${name}: ${kind}, ${counted(images, 'image')}`,
  set: (set, volumes) => `set ${set} in ${counted(volumes, 'volume')}`,
  created: (date) => `made on ${date}`,
  signed: (key) => `signed by ${key}`,
  unsigned: 'unsigned',
  senders: {
    first: 'a sender not seen here before: compare the key with theirs; from the first import on it is expected',
    known: 'the sender that is known here',
    taken: 'the sender was not compared with those that are known here',
  },
  checking: 'checking',
  checked: (blobs, bytes) => `checked: ${counted(blobs, 'blob')}, ${bytes}, all as their digests say`,
  incomplete: (image) => `not whole: ${image}`,
  written: (path) => `written: ${path}`,
  nothingMissing: 'every volume was there already',
  contents: (blobs, bytes, total) => `contents: ${counted(blobs, 'blob')} of ${bytes}; the file has ${total}`,
  leftOut: (blobs, bytes) => `left out because the site holds it: ${counted(blobs, 'blob')}, ${bytes}`,
  walked: (tags, digests) => `${counted(tags, 'tag')}, ${counted(digests, 'digest')}`,
  receipt: (file, repositories, digests, bytes) =>
    `${file}: ${counted(digests, 'digest')} of ${repositories === 1 ? '1 repository' : `${repositories} repositories`}, ${bytes}`,
  notInReceipt: (name, problem) => `${name} is not in the receipt, and what it holds will be sent again: ${problem}`,
  noImages: (file) => `${file} holds no image`,
};

const zh: CarryWords = {
  file: (name, kind, images) => `${name}：${kind}，${images} 个镜像`,
  set: (set, volumes) => `集合 ${set}，共 ${volumes} 卷`,
  created: (date) => `制作于 ${date}`,
  signed: (key) => `签名者 ${key}`,
  unsigned: '未签名',
  senders: {
    first: '首次遇到的发送方：请与对方核对密钥；首次导入后将以此为准',
    known: '与此前相同的发送方',
    taken: '未与已知的发送方比对',
  },
  checking: '校验中',
  checked: (blobs, bytes) => `已校验 ${blobs} 个层（${bytes}），全部与摘要一致`,
  incomplete: (image) => `不完整：${image}`,
  written: (path) => `已写入：${path}`,
  nothingMissing: '所有卷均已存在',
  contents: (blobs, bytes, total) => `内容：${blobs} 个层，${bytes}；文件大小 ${total}`,
  leftOut: (blobs, bytes) => `对方已有而略去：${blobs} 个层，${bytes}`,
  walked: (tags, digests) => `${tags} 个标签，${digests} 个摘要`,
  receipt: (file, repositories, digests, bytes) => `${file}：${repositories} 个仓库，${digests} 个摘要，${bytes}`,
  notInReceipt: (name, problem) => `${name} 未列入回执，其内容将重新发送：${problem}`,
  noImages: (file) => `${file} 中没有镜像`,
};

/** These words in a language. */
export function carryWordsOf(language: Language): CarryWords {
  return language === 'zh-CN' ? zh : en;
}
