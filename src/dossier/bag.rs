//! The tag files of the bag (RFC 8493) and the plain words that explain it.

use std::fmt::Write;

use crate::domain::id::Digest;
use crate::dossier::manifest::Manifest;

/// What makes a folder a bag.
pub(super) const BAGIT: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// Names of the bag's own files.
pub(super) const BAGIT_FILE: &str = "bagit.txt";
pub(super) const ABOUT_FILE: &str = "bag-info.txt";
pub(super) const PAYLOAD_FILE: &str = "manifest-sha256.txt";
pub(super) const TAGS_FILE: &str = "tagmanifest-sha256.txt";
pub(super) const MANIFEST_FILE: &str = "manifest.json";
pub(super) const README_FILE: &str = "说明.txt";

/// Returns the lines that `sha256sum -c` reads. Names hold no `\`, CR, LF or `%`, so none is escaped.
pub(super) fn sums<'a>(files: impl Iterator<Item = (&'a str, Digest)>) -> String {
    files.fold(String::new(), |mut res, (path, digest)| {
        res.push_str(&format!("{digest}  {path}\n"));
        res
    })
}

/// Returns `bag-info.txt`.
pub(super) fn about(manifest: &Manifest, n_bytes: u64, n_files: usize) -> String {
    let Manifest { organization, title, scheme, entry, entry_hash, selection, .. } = manifest;
    let fields = [
        ("Source-Organization", organization.clone()),
        ("Contact-Name", manifest.made_by.clone()),
        ("External-Description", title.clone()),
        ("External-Identifier", format!("{} {selection}", scheme.id)),
        ("Internal-Sender-Identifier", format!("{entry} {entry_hash}")),
        ("Bagging-Date", manifest.made_on().to_string()),
        ("Payload-Oxum", format!("{n_bytes}.{n_files}")),
    ];
    let mut res = String::new();
    for (label, value) in fields {
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if !value.is_empty() {
            // Writing into a String cannot fail.
            let _ = writeln!(res, "{label}: {value}");
        }
    }
    res
}

/// Returns 说明.txt, for a reader with nothing but this folder. Line ends and mark are those of old Windows.
pub(super) fn readme(manifest: &Manifest, seal: &Digest) -> String {
    let text = format!(
        "\
{title}
{rule}

一、怎样看
    先把整个压缩包解压到一个文件夹（不要在压缩包窗口里直接打开），
    再双击 index.html，用浏览器查看。不需要联网，不需要安装任何软件。
    index.html            目录与检索：指标 → 材料 → 文件
    01-卷内文件目录       卷内全部材料（.html 可打印，.csv 可用 Excel 打开）
    02-完整性核查表       应报、已通过、待审、缺项，如实列出
    03-备考表             本卷情况说明
    04-未收入及存疑材料   哪些没有收入、哪些有疑点，为什么
    data 文件夹           材料原件，一个字节也没有改动
    manifest.json         全部著录信息，供其他系统读取

二、怎样核对（不需要本系统）
    manifest-sha256.txt 列出每个原件的 SHA-256 校验值，tagmanifest-sha256.txt 列出其余文件的。
    Linux、macOS：在本文件夹打开终端，运行
        sha256sum -c manifest-sha256.txt
        sha256sum -c tagmanifest-sha256.txt
    Windows：在本文件夹的地址栏输入 cmd 回车，逐个文件运行
        certutil -hashfile \"data\\文件夹\\文件名\" SHA256
    把得到的 64 位字符与清单中同一文件的一行比对，完全相同即未改动。
    装有 juanzong 的：juanzong dossier verify 压缩包.zip
    本文件夹是符合 RFC 8493 的 BagIt 包，任何 BagIt 工具均可核验。

三、清单的校验值
    manifest-sha256.txt 的 SHA-256:
    {seal}
    它印在每张打印页的末行；电话核对前 12 位即可发现清单被替换。

四、出处
    制卷单位：{organization}
    测评体系：{scheme}
    范围：{selection}
    制卷时间：{made}（{zone}）
    依据操作记录第 {entry} 条，其校验值 {hash}

This folder is a BagIt bag (RFC 8493). Unpack it, open index.html in any browser, offline.
Check the originals with: sha256sum -c manifest-sha256.txt
",
        title = manifest.title,
        rule = "=".repeat(40),
        organization = manifest.organization,
        scheme = manifest.scheme.title,
        selection = manifest.selection,
        made = manifest.made().strftime("%Y-%m-%d %H:%M"),
        zone = manifest.timezone,
        entry = manifest.entry,
        hash = manifest.entry_hash,
    );
    format!("\u{FEFF}{}", text.replace('\n', "\r\n"))
}
