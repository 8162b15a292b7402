//! OFD: packages built of parts that are pieces of the input, and files as they are.
#![no_main]

use std::io::{Cursor, Write};

use juanzong::extract::fuzzing;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Names of parts, and what stands there where the input has nothing for them.
const PARTS: &[(&str, &str)] = &[
    (
        "Doc_0/Pages/Page_0/Content.xml",
        "<Page><TextObject Boundary='1 1 9 9' Size='4'><TextCode X='0' Y='4'>文</TextCode></TextObject></Page>",
    ),
    ("Doc_0/Pages/Page_1/Content.xml", "<Page><Template TemplateID='5'/><ImageObject/></Page>"),
    ("Doc_0/Tpls/Tpl_0.xml", "<Page/>"),
    (
        "Doc_0/Annot_1.xml",
        "<PageAnnot><Annot><Remark>a</Remark><Appearance Boundary='0 0 1 1'/></Annot></PageAnnot>",
    ),
    (
        "Doc_0/Document.xml",
        "<Document><CommonData><TemplatePage ID='5' BaseLoc='Tpls/Tpl_0.xml'/></CommonData><Pages>\
         <Page ID='7' BaseLoc='Pages/Page_0/Content.xml'/><Page ID='8' BaseLoc='Pages/Page_1/Content.xml'/></Pages>\
         <Annotations>Annots.xml</Annotations><Attachments>Attachs.xml</Attachments></Document>",
    ),
    (
        "OFD.xml",
        "<OFD><DocBody><DocInfo><Title>t</Title></DocInfo><DocRoot>Doc_0/Document.xml</DocRoot>\
         <Signatures>Doc_0/Signs/Signatures.xml</Signatures></DocBody></OFD>",
    ),
    ("Doc_0/Annots.xml", "<Annotations><Page PageID='7'><FileLoc>Annot_1.xml</FileLoc></Page></Annotations>"),
    ("Doc_0/Attachs.xml", "<Attachments><Attachment Name='a'/></Attachments>"),
    ("Doc_0/Signs/Signatures.xml", "<Signatures><Signature/></Signatures>"),
];

fn package(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut pieces = bytes.split(|it| *it == 0);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, usual) in PARTS {
        let piece = pieces.next().filter(|it| !it.is_empty()).unwrap_or(usual.as_bytes());
        zip.start_file(*name, stored).ok()?;
        zip.write_all(piece).ok()?;
    }
    Some(zip.finish().ok()?.into_inner())
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let file = match bytes.split_first() {
        Some((b'=', raw)) => raw.to_vec(),
        _ => package(bytes).expect("a package is written to memory"),
    };
    fuzzing::read("file.ofd", &file).expect("the disk holds a file");
});
