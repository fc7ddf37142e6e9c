import type { Language } from './language.ts';
import type { Check, CheckId } from './self-test.ts';

/** What was found and what to do about it; no remedy where nothing is to be done. */
export interface CheckText {
  readonly message: string;
  readonly remedy?: string;
}

type Bilingual = Readonly<Record<Language, string>>;
type Row = readonly [state: Check['state'], message: Bilingual, remedy?: Bilingual];

const of = (en: string, zh: string): Bilingual => ({ en, 'zh-CN': zh });

const names: Readonly<Record<CheckId, Bilingual>> = {
  versions: of('Versions', '版本'),
  zstd: of('zstd', 'zstd 压缩'),
  certificates: of('System certificates', '系统证书'),
  folder: of('Data folder', '数据目录'),
  database: of('Database', '数据库'),
  cache: of('Cache', '缓存'),
  vault: of('Vault', '保险库'),
  loopback: of('Loopback', '本机回环'),
  proxy: of('Proxy', '代理'),
  disk: of('Free disk', '磁盘空间'),
  fuses: of('Fuses', '熔丝'),
  libraries: of('Libraries', '动态库'),
};

const anotherFolder = of(
  'Name another folder with --data-dir or IMAGE_FERRY_DATA, on a disk of this machine.',
  '用 --data-dir 或 IMAGE_FERRY_DATA 指定本机磁盘上的其他目录。',
);
const unpackAgain = of(
  'Unpack the program again from a file whose SHA-256 sum you have checked.',
  '核对安装包的 SHA-256 后重新解压程序。',
);

const texts = {
  'versions-known': [
    'ok',
    of('Image Ferry {version}, {runtime}, {system}', 'Image Ferry {version}，{runtime}，{system}'),
  ],
  'zstd-works': ['ok', of('compressed and read back', '压缩后可正确还原')],
  'zstd-missing': [
    'failed',
    of('this Node has no zstd', '此 Node 不含 zstd'),
    of('Use the Node that comes with the program, or 22.15 and newer.', '请使用随程序附带的 Node，或 22.15 以上版本。'),
  ],
  'certificates-found': ['ok', of('{count} certificates are trusted by this machine', '本机信任 {count} 张证书')],
  'certificates-none': [
    'warning',
    of('this machine trusts no certificate of its own', '本机证书库为空'),
    of(
      'Give the CA of your registries with --ca FILE or in the settings.',
      '用 --ca 文件 或在设置中指定仓库的 CA 证书。',
    ),
  ],
  'folder-private': ['ok', of('{folder} ({rule}), for its user only', '{folder}（{rule}），仅当前用户可访问')],
  'folder-untold': [
    'ok',
    of('{folder} ({rule}); who else may read it is not known', '{folder}（{rule}）；无法得知还有谁能读取'),
  ],
  'folder-readable': [
    'warning',
    of('others on this machine may read {folder} ({rule})', '本机其他用户可以读取 {folder}（{rule}）'),
    of(
      'Take the rights of other users away from the folder, or name one that is yours alone with --data-dir.',
      '取消其他用户对该目录的权限，或用 --data-dir 指定只属于自己的目录。',
    ),
  ],
  'folder-writable': [
    'warning',
    of(
      'others on this machine may change what is in {folder} ({rule})',
      '本机其他用户可以修改 {folder}（{rule}）中的内容',
    ),
    of(
      'Take the rights of other users away from the folder: whoever changes it decides what this program trusts.',
      '取消其他用户对该目录的权限：能修改它的人可以左右本程序信任什么。',
    ),
  ],
  'folder-foreign': [
    'warning',
    of('{folder} ({rule}) belongs to another user', '{folder}（{rule}）属于其他用户'),
    anotherFolder,
  ],
  'folder-unusable': ['failed', of('{problem}', '数据目录无法使用（{problem}）'), anotherFolder],
  'folder-needed': ['skipped', of('needs a data folder', '需要可用的数据目录')],
  'database-works': ['ok', of('opened, flushed to the disk and read back', '可打开、落盘并读回')],
  'database-broken': ['failed', of('{problem}', '数据库不可用（{problem}）'), anotherFolder],
  'cache-works': ['ok', of('a blob was taken in, put in place and read back', '数据块可写入、归位并读回')],
  'cache-broken': [
    'failed',
    of('{problem}', '缓存不可用（{problem}）'),
    of(
      'Free space on that disk, or have the virus scanner leave the folder out; --no-cache copies without.',
      '清理磁盘空间，或让杀毒软件排除该目录；也可用 --no-cache 不经缓存复制。',
    ),
  ],
  'vault-works': ['ok', of('a credential was kept under {keeper} and read back', '凭据可由{keeper}加密保存并读回')],
  'vault-none': [
    'warning',
    of('{why}', '此处无法保存凭据（{why}）'),
    of(
      'Credentials are forgotten at the end; type them in again, or give --auth FILE.',
      '凭据在退出后失效；需再次输入，或使用 --auth 文件。',
    ),
  ],
  'vault-broken': [
    'failed',
    of('{problem}', '保险库不可用（{problem}）'),
    of(
      'Look at IMAGE_FERRY_PASSPHRASE_FILE where it is set: the file must hold a passphrase and be yours alone.',
      '若设置了 IMAGE_FERRY_PASSPHRASE_FILE，检查该文件：须含口令且仅自己可读。',
    ),
  ],
  'loopback-works': ['ok', of('a connection to this machine was made and answered', '本机连接可建立并应答')],
  'loopback-broken': [
    'failed',
    of('no connection to 127.0.0.1 ({problem})', '无法连接 127.0.0.1（{problem}）'),
    of(
      'Have the firewall of this machine allow the program to connect to 127.0.0.1; the dock and the window in a browser need it.',
      '让本机防火墙允许程序连接 127.0.0.1；本机仓库和浏览器窗口都需要它。',
    ),
  ],
  'proxy-none': ['ok', of('none is set: registries are asked directly', '未设置代理：直接连接仓库')],
  'proxy-environment': [
    'ok',
    of('{proxy}, of the environment; not for: {except}', '{proxy}（来自环境变量）；例外：{except}'),
  ],
  'proxy-set': ['ok', of('{proxy}, of the settings', '{proxy}（来自设置）')],
  'proxy-unreadable': [
    'failed',
    of('the value of {variable} is no address', '环境变量 {variable} 的值不是地址'),
    of(
      'Set it to an address such as http://proxy:3128, or unset it.',
      '改为 http://proxy:3128 这样的地址，或取消该变量。',
    ),
  ],
  'disk-free': ['ok', of('{free} free', '剩余 {free}')],
  'disk-low': [
    'warning',
    of('only {free} free on the disk of the data folder', '数据目录所在磁盘仅剩 {free}'),
    of(
      'Free space, choose a larger disk with --data-dir, or copy with --no-cache.',
      '清理空间、用 --data-dir 换到更大的磁盘，或用 --no-cache 复制。',
    ),
  ],
  'disk-full': [
    'failed',
    of('{free} free on the disk of the data folder', '数据目录所在磁盘仅剩 {free}'),
    of('Free space or choose a larger disk with --data-dir.', '清理空间，或用 --data-dir 换到更大的磁盘。'),
  ],
  'fuses-set': ['ok', of('all as they were packed', '与打包时一致')],
  'fuses-wrong': ['failed', of('not as they were packed: {names}', '与打包时不一致：{names}'), unpackAgain],
  'fuses-unreadable': ['failed', of('{problem}', '无法读取熔丝（{problem}）'), unpackAgain],
  'fuses-elsewhere': ['skipped', of('only the packaged desktop has them', '仅打包的桌面程序具有')],
  'libraries-known': ['ok', of('nothing foreign beside the program', '程序目录中没有外来动态库')],
  'libraries-unexpected': [
    'warning',
    of(
      'beside the program lie {names}, which Windows may load into it',
      '程序目录中有 {names}，Windows 可能会加载它们',
    ),
    of(
      'Find out where they come from; run the program from a folder of its own, never from Downloads.',
      '查明其来源；请从专用目录运行程序，不要在“下载”目录中运行。',
    ),
  ],
  'libraries-elsewhere': [
    'skipped',
    of('only Windows looks for them beside the program', '仅 Windows 会从程序目录加载'),
  ],
  'check-late': [
    'failed',
    of('no end within {seconds} s', '{seconds} 秒内未完成'),
    of(
      'Look at what holds it up: a virus scanner, a disk over the network.',
      '查明原因：杀毒软件或网络磁盘可能造成拖延。',
    ),
  ],
  'check-broken': [
    'failed',
    of('{problem}', '检查出错（{problem}）'),
    of('Give this line to whoever looks after the program.', '请把这一行交给维护人员。'),
  ],
} as const satisfies Readonly<Record<string, Row>>;

const keepers: Readonly<Record<string, Bilingual>> = {
  passphrase: of('a passphrase', '口令'),
};
const rules: Readonly<Record<string, Bilingual>> = {
  operator: of('as named', '由 --data-dir 指定'),
  environment: of('as IMAGE_FERRY_DATA names it', '由 IMAGE_FERRY_DATA 指定'),
  portable: of('beside the program', '位于程序旁'),
  user: of('the user’s own place', '用户目录'),
};

/** What a check can find, as a word that never changes. */
export type CheckCode = keyof typeof texts;

/** How a check stands that found `code`. */
export function checkState(code: CheckCode): Check['state'] {
  return texts[code][0];
}

/** What a check looks at, in a word or two. */
export function checkName(id: CheckId, language: Language): string {
  return names[id][language];
}

/** What a check found and what to do about it; as it was told in English when the code is not known here. */
export function checkText(
  check: Pick<Check, 'code' | 'values'> & Partial<Pick<Check, 'message' | 'remedy'>>,
  language: Language,
): CheckText {
  const row: Row | undefined = isCheckCode(check.code) ? texts[check.code] : undefined;
  if (row === undefined) return { message: check.message ?? check.code, ...(check.remedy && { remedy: check.remedy }) };
  const [, message, remedy] = row;
  const values = shown(check.values, language);
  return { message: fill(message[language], values), ...(remedy && { remedy: fill(remedy[language], values) }) };
}

function isCheckCode(code: string): code is CheckCode {
  return Object.hasOwn(texts, code);
}

/** Values that are words of ours, in the language. */
function shown(values: Check['values'], language: Language): Check['values'] {
  const { rule, keeper } = values;
  return {
    ...values,
    ...(rule === undefined ? {} : { rule: rules[rule]?.[language] ?? rule }),
    ...(keeper === undefined ? {} : { keeper: keepers[keeper]?.[language] ?? keeper }),
  };
}

function fill(template: string, values: Check['values']): string {
  return template.replace(/\{([a-z]+)\}/g, (whole, name: string) => values[name] ?? whole);
}
