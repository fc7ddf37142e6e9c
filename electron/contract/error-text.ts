import type { ErrorKind, Hint, Side } from './errors.ts';
import type { Language } from './language.ts';

/** One sentence of cause and one of remedy. */
export interface ErrorText {
  readonly cause: string;
  readonly remedy: string;
}

type Bilingual = Readonly<Record<Language, ErrorText>>;

const of = (cause: string, remedy: string, zhCause: string, zhRemedy: string): Bilingual => ({
  en: { cause, remedy },
  'zh-CN': { cause: zhCause, remedy: zhRemedy },
});

const byKind: Readonly<Record<ErrorKind, Bilingual>> = {
  invalid: of(
    'Something given or received is malformed.',
    'Correct what the message names and run again.',
    '输入或收到的内容不符合规则。',
    '按提示改正后重试。',
  ),
  'not-found': of(
    'The registry does not know this image.',
    'Check the spelling of repository and tag; list them with: image-ferry ls HOST/REPOSITORY --tags',
    '仓库里没有这个镜像。',
    '核对仓库名和标签；可用 image-ferry ls HOST/REPOSITORY --tags 列出。',
  ),
  unauthorized: of(
    'The registry did not accept the credentials.',
    'Check user and password for this host, in docker config.json or in the file given by --auth.',
    '仓库不接受当前凭据。',
    '检查该主机的用户名和密码（docker config.json 或 --auth 指定的文件）。',
  ),
  forbidden: of(
    'The account has no right to do this.',
    'Ask the registry administrator for the right named in the message: pull at the source, push at the destination.',
    '账号没有这项权限。',
    '请仓库管理员授予所需权限：源端 pull，目标端 push。',
  ),
  'rate-limited': of(
    'The registry limits how fast it may be asked.',
    'Wait for the limit to pass, sign in to get a higher one, or lower --concurrency.',
    '仓库限制了访问频率。',
    '等待限制解除、登录以获得更高额度，或降低 --concurrency。',
  ),
  unreachable: of(
    'No connection to the host could be made.',
    'Check host name, port, firewall and proxy from this machine.',
    '无法连接到该主机。',
    '在本机检查主机名、端口、防火墙和代理。',
  ),
  timeout: of(
    'The host stopped answering.',
    'Run again; if it repeats, look at the line and at any proxy between.',
    '对方停止响应。',
    '请重试；若反复出现，检查线路和中间代理。',
  ),
  tls: of(
    'The certificate of the host is not trusted.',
    'Give the CA with --ca FILE, or accept this host unchecked with --insecure HOST.',
    '该主机的证书不受信任。',
    '用 --ca FILE 指定 CA，或用 --insecure HOST 明确跳过校验。',
  ),
  unavailable: of(
    'The registry answers that it cannot serve now.',
    'Run again later; if it repeats, ask its administrator to look at its log.',
    '仓库暂时无法提供服务。',
    '稍后重试；若反复出现，请管理员查看仓库日志。',
  ),
  refused: of(
    'The registry refused the content.',
    'Read its answer in the message; a registry may not take every media type.',
    '仓库拒绝了该内容。',
    '查看消息里的原始回答；有些仓库不接受某些媒体类型。',
  ),
  'missing-content': of(
    'The registry lists content that it no longer holds.',
    'Push the image to the source again, or copy it from another source.',
    '仓库列出了内容，但实际已丢失。',
    '重新推送源镜像，或换一个源。',
  ),
  integrity: of(
    'What arrived is not what its digest says.',
    'Nothing was published; if it repeats, the stored content or something on the line is damaged.',
    '收到的内容与摘要不符。',
    '没有发布任何内容；若反复出现，说明存储或线路损坏了数据。',
  ),
  protocol: of(
    'The answer breaks the registry protocol.',
    'A proxy may be answering in place of the registry; open the host in a browser from this machine.',
    '应答不符合仓库协议。',
    '可能是代理代替仓库作了应答；请在本机用浏览器打开该主机查看。',
  ),
  unsupported: of(
    'This kind of content cannot be copied.',
    'Push the image to the source again with a current tool.',
    '不支持复制这种内容。',
    '请用较新的工具重新推送源镜像。',
  ),
  conflict: of(
    'The destination tag holds another image.',
    'Choose with --on-conflict overwrite, skip or backup.',
    '目标标签已指向另一个镜像。',
    '用 --on-conflict overwrite、skip 或 backup 选择处理方式。',
  ),
  full: of(
    'The destination has no room left.',
    'Free space or raise the quota at the destination and run again; what is there is not sent twice.',
    '目标端空间已满。',
    '在目标端清理空间或提高配额后重试；已送达的内容不会重传。',
  ),
  disk: of(
    'This machine could not write a file.',
    'Free space there or choose another place for it, and run again.',
    '本机无法写入文件。',
    '清理磁盘空间或换一个位置后重试。',
  ),
  proxy: of(
    'The proxy on the way refused.',
    'Check address, user and password of the proxy, or name the host in NO_PROXY.',
    '途中的代理拒绝了请求。',
    '检查代理地址和账号，或把该主机加入 NO_PROXY。',
  ),
  cancelled: of(
    'Stopped on request.',
    'Run the same command to go on.',
    '已按要求停止。',
    '再次运行同一命令即可继续。',
  ),
  internal: of(
    'The program met a state it does not know.',
    'Run again; if it repeats, please report it with this message and the command.',
    '程序遇到未知状态。',
    '请重试；若反复出现，请附上此消息和命令反馈给我们。',
  ),
};

const byHint: Readonly<Record<Hint, Bilingual>> = {
  'attestation-refused': of(
    'The destination does not accept build attestations.',
    'Copy with --attestations drop: a smaller index is published and its digest changes.',
    '目标端不接受构建证明（attestation）。',
    '使用 --attestations drop：将发布较小的索引，摘要会改变。',
  ),
  'body-limit': of(
    'A reverse proxy before the registry limits the size of a request.',
    'At that proxy set client_max_body_size 0 and proxy_request_buffering off.',
    '仓库前的反向代理限制了请求大小。',
    '在该代理上设置 client_max_body_size 0 和 proxy_request_buffering off。',
  ),
  'clock-wrong': of(
    'The certificate is out of its dates as this machine counts them.',
    'Set the clock of this machine, or have the certificate renewed.',
    '按本机时间，证书不在有效期内。',
    '校准本机时钟，或更新证书。',
  ),
  'create-project': of(
    'The project does not exist at the destination, or this account may not push to it.',
    'Create the project there first, or correct the account or the destination path.',
    '目标端没有该项目，或账号无权推送。',
    '先在目标端创建项目，或更正账号、目标路径。',
  ),
  'credential-missing': of(
    'The registry asks for credentials and none are known for this host.',
    'Run docker login for this host, or give credentials with --auth FILE.',
    '仓库要求登录，但没有该主机的凭据。',
    '为该主机执行 docker login，或用 --auth FILE 提供凭据。',
  ),
  'credential-wrong': of(
    'The registry rejected user and password.',
    'Correct user and password in docker config.json or in the file given by --auth; they are tried only once, so that the account is not locked.',
    '仓库拒绝了用户名和密码。',
    '在 docker config.json 或 --auth 文件中更正；为避免锁定账号，只尝试了一次。',
  ),
  'folder-owned': of(
    'Another Image Ferry uses this data folder.',
    'Wait until it has ended, or name another folder with --data-dir.',
    '另一个镜像摆渡程序正在使用该数据目录。',
    '请等待其结束，或用 --data-dir 指定其他目录。',
  ),
  'immutable-tag': of(
    'The destination protects this tag from being changed.',
    'Use another tag, or have the immutability rule lifted at the destination.',
    '目标端的该标签不可变。',
    '换一个标签，或在目标端解除不可变规则。',
  ),
  'line-broken': of(
    'The connection broke, as often as it was tried again.',
    'Run again when the line is better; lower --concurrency if it breaks under load.',
    '连接反复中断。',
    '线路恢复后重试；若在高负载时中断，请降低 --concurrency。',
  ),
  'no-such-host': of(
    'The name of the host is not known here.',
    'Check its spelling and the DNS of this machine.',
    '本机无法解析该主机名。',
    '检查主机名拼写和本机 DNS。',
  ),
  'plain-http': of(
    'The host does not speak TLS.',
    'If it really speaks plain http, allow that with --plain-http HOST.',
    '该主机不使用 TLS。',
    '若确实只有明文 http，请用 --plain-http HOST 允许。',
  ),
  'platform-missing': of(
    'The image does not exist for the platform asked for.',
    'List its platforms with: image-ferry inspect REFERENCE',
    '该镜像没有所要求的平台。',
    '可用 image-ferry inspect REFERENCE 查看它的平台。',
  ),
  quota: of(
    'The quota of the project is used up.',
    'Raise the quota or delete artifacts at the destination, then run again; what is there is not sent twice.',
    '项目配额已用完。',
    '在目标端提高配额或删除制品后重试；已送达的内容不会重传。',
  ),
  'realm-changed': of(
    'The registry asks to send the credentials to another host than before.',
    'Make sure with the administrator of the registry that this is right, then run again.',
    '仓库要求把凭据发送到与之前不同的主机。',
    '请与仓库管理员确认无误后重试。',
  ),
  'repository-or-access': of(
    'The repository does not exist, or this account may not see it.',
    'Check the spelling; if it is right, ask for access or give credentials for this host.',
    '仓库不存在，或账号无权查看。',
    '核对拼写；若无误，请申请权限或提供该主机的凭据。',
  ),
  schema1: of(
    'The image is stored in the old schema 1, which has no digestible config.',
    'Push it again to the source with a current docker, then copy.',
    '镜像仍是旧的 schema 1 格式。',
    '用较新的 docker 重新推送到源端后再复制。',
  ),
  'source-corrupt': of(
    'The source sends content that is not what its digest says, twice.',
    'Push the image to the source again, or copy it from another source.',
    '源端两次返回与摘要不符的内容。',
    '重新推送源镜像，或换一个源。',
  ),
  'destination-corrupt': of(
    'The destination holds a damaged copy and keeps it.',
    'Delete the image at the destination, let it collect garbage, then copy again.',
    '目标端保存的副本已损坏且不会被覆盖。',
    '在目标端删除该镜像并执行垃圾回收后重新复制。',
  ),
  'subject-missing': of(
    'The destination refuses what refers to an image it does not hold.',
    'Copy the image itself first, or copy without referrers: --no-referrers.',
    '目标端拒绝接收引用了不存在镜像的内容。',
    '先复制镜像本身，或使用 --no-referrers。',
  ),
  'trust-ca': of(
    'The certificate is signed by a CA that this machine does not know.',
    'Give the CA with --ca FILE, or accept this host unchecked with --insecure HOST.',
    '证书由本机不认识的 CA 签发。',
    '用 --ca FILE 指定 CA，或用 --insecure HOST 明确跳过校验。',
  ),
};

/** The sentences for an error: by its hint when it has one, else by its kind. */
export function errorText(kind: ErrorKind, hint: Hint | undefined, language: Language): ErrorText {
  return (hint === undefined ? byKind[kind] : byHint[hint])[language];
}

const sides: Readonly<Record<Side, Readonly<Record<Language, string>>>> = {
  source: { en: 'source', 'zh-CN': '源端' },
  destination: { en: 'destination', 'zh-CN': '目标端' },
  registry: { en: 'registry', 'zh-CN': '仓库' },
  cache: { en: 'cache', 'zh-CN': '缓存' },
  local: { en: 'this machine', 'zh-CN': '本机' },
};

/** The side as a word of the language. */
export function sideText(side: Side, language: Language): string {
  return sides[side][language];
}
