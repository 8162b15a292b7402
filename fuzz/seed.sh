#!/usr/bin/env bash
# Fills the corpus of every target with what the fixtures hold, and writes the words each format is made of to `dict`.
# Small seeds that are kept lie in `seeds`.
set -euo pipefail
cd "$(dirname "$0")"
for target in fuzz_targets/*.rs; do
    name=$(basename "$target" .rs)
    mkdir -p "corpus/$name"
    if [ -d "seeds/$name" ]; then cp "seeds/$name"/* "corpus/$name/"; fi
done
mkdir -p dict
python3 - <<'PY'
import pathlib, re, struct, zipfile

top, corpus = pathlib.Path(".."), pathlib.Path("corpus")
documents, bundles = top / "fixtures/documents", top / "fixtures/bundles"
put = lambda target, name, data: (corpus / target / name).write_bytes(data)

# In the order in which the target names its parts.
PARTS = ["Doc_0/Pages/Page_0/Content.xml", "Doc_0/Pages/Page_1/Content.xml", "Doc_0/Tpls/Tpl_0.xml", "Doc_0/Annot_1.xml",
         "Doc_0/Document.xml", "OFD.xml", "Doc_0/Annots.xml", "Doc_0/Attachs.xml", "Doc_0/Signs/Signatures.xml"]
with zipfile.ZipFile(documents / "letter.ofd") as z:
    put("ofd", "letter", b"\0".join(z.read(it) for it in PARTS))
put("ofd", "raw", b"=" + (documents / "letter.ofd").read_bytes())
for picture in ["picture.emf", "picture.wmf"]:
    put("metafile", picture, (documents / picture).read_bytes())
put("rtf", "letter", (documents / "letter.rtf").read_bytes().removeprefix(b"{\\rtf1"))
for mail in [*bundles.glob("*.eml"), *bundles.glob("*.msg"), *bundles.glob("*.mbox"), *bundles.glob("*.mht")]:
    put("msg", mail.name, b"\1" + mail.read_bytes())

def streams(compound):
    """The streams of a small compound file ([MS-CFB], sectors of 512 bytes) by their names."""
    numbers = lambda data: struct.unpack(f"<{len(data) // 4}I", data)
    sectors = [compound[at:at + 512] for at in range(512, len(compound), 512)]
    nexts = numbers(b"".join(sectors[n] for n in numbers(compound[76:512]) if n < len(sectors)))

    def chain(blocks, nexts, n):
        data = b""
        while n < len(blocks):
            data, n = data + blocks[n], nexts[n]
        return data

    first, small = struct.unpack("<I8xI", compound[48:64])
    directory = chain(sectors, nexts, first)
    entries = [directory[at:at + 128] for at in range(0, len(directory), 128)]
    found = {it[:it[64] - 2].decode("utf-16le"): struct.unpack("<II", it[116:124]) for it in entries if it[64]}
    packed, nexts_within = chain(sectors, nexts, found["Root Entry"][0]), numbers(chain(sectors, nexts, small))
    blocks = [packed[at:at + 64] for at in range(0, len(packed), 64)]
    lie = lambda n, size: chain(sectors, nexts, n) if size >= 4096 else chain(blocks, nexts_within, n)
    return {name: lie(*it)[:it[1]] for name, it in found.items() if name != "Root Entry"}

for name in ["lists.doc", "letter.doc"]:
    within = streams((documents / name).read_bytes())
    main = within["WordDocument"]
    put("word", name, struct.pack("<H", len(main)) + main + within["1Table"])
row = lambda tag, value: struct.pack("<HHIQ", 0x001f, tag, 6, value)
packed = b"\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\0\x0a\0rcpg125B\x32\x0a\xf3 hel\x09\0 bw\x05\xb0ld}\x0a\x80\x0f\xa0"
pieces = [bytes(32) + row(0x3ffd, 936) + row(0x0039, 131340000000000000), packed, "关于".encode("gbk"),
          "Subject: a\r\nDate: Wed, 15 Mar 2017 09:30:00 +0800\r\n\r\n".encode("utf-16le"), b"", bytes(8) + row(0x0c15, 1),
          "张".encode("utf-16le"), b"a.txt", b"Subject: b\r\n\r\ntext", bytes(24) + row(0x3ffd, 936), b"text"]
put("msg", "built", b"\0" + b"".join(struct.pack("<H", len(it)) + it for it in pieces))
words = ["图片", "通知/方案.docx", "../学习", "cafe\u0301.txt", "謀略", "C:\\a", "尤里的陰謀"]
for encoding in ["gbk", "utf-8", "big5", "shift-jis"]:
    put("names", encoding, b"\0".join(it.encode(encoding, "ignore") for it in words))

with zipfile.ZipFile(documents / "letter.docx") as z:
    letter = re.sub("<[^>]+>", "", re.sub("</w:p>", "\n", z.read("word/document.xml").decode()))
put("facts", "letter", letter.encode())
put("numbers", "letter", letter.encode())
# The examples of the tests beside the code are what the readers are made for.
for target, files in {"facts": (top / "src/extract/facts").glob("*.rs"), "numbers": [top / "src/domain/number.rs", top / "src/domain/dates.rs"],
                      "query": [top / "src/index/query/tests.rs"]}.items():
    for file in files:
        tests = file.read_text().split("mod tests {" if target != "query" else "fn terms", 1)
        for n, example in enumerate(re.findall(r'"((?:[^"\\]|\\.)+)"', tests[-1])):
            if target == "query" or any(ord(c) > 0x7f for c in example):
                example = example.replace("\\n", "\n").replace('\\"', '"').replace("\\t", "\t")
                put(target, f"{file.stem}-{n}", example.encode())
units, schemes = [top / "src/intake/units_template.toml", top / "fixtures/demo/units.toml"], [top / "src/intake/template.toml", top / "fixtures/demo/scheme.toml"]
for n, pair in enumerate(zip(units, schemes)):
    put("scheme", f"pair-{n}", b"\n#####\n".join(it.read_bytes() for it in pair))

# One a blank; ␣ is a blank within one, ¶ a line end.
WORDS = {
    "ofd": """DocBody DocRoot Signatures CustomData Title Page TemplatePage BaseLoc= ID= Annotations Attachments FileLoc PageID=
        Template TemplateID= ImageObject Appearance Remark TextObject TextCode Boundary= Size= CTM= X= Y= DeltaX= DeltaY= g␣9␣4
        encoding= GB2312 UTF-16 <![CDATA[ ]]> <!-- --> <!DOCTYPE <!ENTITY &amp; &#x6587; &#0; </ /> ofd: xmlns: -1e308 1e308 NaN 0.0""",
    "rtf": r"""\ansicpg936 \ansicpg65001 \mac \deff0 \fonttbl \f1 \fcharset134 \cpg936 \uc2 \u25991 \u-10179 \'b5 \* \ud \upr \bin9 \bin-1
        \v \v0 \deleted \plain \par \cell \row \tab \pict \fldinst \fldrslt \shpinst \sp \tc9 \stylesheet \emdash { } \uc4294967295""",
    "msg": """From: Subject: Date: To: Cc: Content-Type: multipart/mixed; boundary= text/html text/plain message/rfc822 charset=gb2312
        Content-Transfer-Encoding: base64 quoted-printable =?gbk?B? =?utf-8?Q? ?= --b --b-- filename*0*= filename= ¶¶ LZFu MELA <body""",
    "numbers": "〔 〕 【 】 （ ） 年 月 日 号 號 第 元月 廿 卅 〇 十 ○ 季度 上半年 2017 201* ×× 文件 签发人 ★ 发文字号： 濮政 国发 １ 0001 成文日期:",
    "query": "- － −  | ｜ OR 或 ( ) （ ） \" “ ” 「 」 《 》 ‘ ’ ~“ ～ 单位: dw： 日期:>=2017 大小:>10M .. 至 近30天 本月 -9999 9999 18446744073709551615G",
    "scheme": """[[unit]] id= name= short= aliases= former= parent= groups= [[indicator]] [[requirement]] code= levels= from= until=
        "2017-03-05" "2017-04-30T17:00:00" "2017-02-30" #####¶ [[ ]] = {} inf nan 0x7fffffffffffffff -9999-01-01""",
}
WORDS["facts"] = WORDS["numbers"] + """ 附件1： 附件：1. 关于 的通知 教育局 日报 第3版 本报记者 通讯员 来源： 发布时间： http:// 频道： 时长： 机密★1年 内部资料
    XXX 20XX ____年 ：…… 【待填 免责声明 仅供参考 13812345678 11010519491231002X 创(chuàng) \ufffd é 濮阳市 范文网 复印件"""
for name, words in WORDS.items():
    plain = lambda byte: chr(byte) if chr(byte).isalnum() and byte < 128 else f"\\x{byte:02x}"
    spelt = lambda word: "".join(map(plain, word.replace("␣", " ").replace("¶", "\n").encode()))
    pathlib.Path("dict", name).write_text("".join(f'"{spelt(it)}"\n' for it in words.split()))
PY
du -s --apparent-size -B1 corpus/* | awk '{ print $2 ": " $1 " bytes" }'
