//! OFD (GB/T 33190-2016), the Chinese page format: a zip archive of XML parts, page by page.

use std::collections::HashSet;
use std::io::{Read, Seek};

use crate::extract::embedded;
use crate::extract::found::{Found, Trouble};
use crate::extract::package::{Package, beside};
use crate::extract::text::Text;
use crate::extract::xml::{self, Mark};

mod page;

use page::Page;

/// What `OFD.xml` says of one document in the package.
#[derive(Default)]
struct Body {
    root: String,
    title: String,
    /// What it says of itself, by name.
    said: Vec<(String, String)>,
    signatures: String,
}

/// What `Document.xml` says.
#[derive(Default)]
struct Outline {
    /// Identifier and part of each page, in order.
    pages: Vec<(String, String)>,
    /// Identifier and part of each template.
    templates: Vec<(String, String)>,
    annotations: String,
    attachments: String,
}

/// A package on its way to text.
struct Reader<'a, 'b, R> {
    package: Package<R>,
    text: &'a mut Text<'b>,
    found: Found,
    failed: Vec<String>,
    /// Templates that lie below some page.
    used: HashSet<String>,
    n_pages: u32,
    n_pictures: u32,
}

pub(super) fn read(input: impl Read + Seek, text: &mut Text<'_>) -> Result<Found, Trouble> {
    let package = Package::open(input)?;
    // GM/T 0099-2020 keeps the keys of locked parts beside them.
    if package.is_locked() || package.names().iter().any(|it| it.ends_with("encryptions.xml")) {
        return Err(Trouble::Encrypted);
    }
    let mut reader = Reader {
        package,
        text,
        found: Found::default(),
        failed: vec![],
        used: HashSet::new(),
        n_pages: 0,
        n_pictures: 0,
    };
    let bodies = reader.bodies()?;
    if bodies.is_empty() {
        return Err(Trouble::Corrupt("OFD.xml 中没有文档".into()));
    }
    for body in &bodies {
        reader.document(body)?;
    }
    reader.finish()
}

impl<R: Read + Seek> Reader<'_, '_, R> {
    fn finish(self) -> Result<Found, Trouble> {
        let Self { mut found, failed, n_pages, n_pictures, .. } = self;
        if n_pages == 0 {
            return Err(Trouble::Corrupt("没有页面".into()));
        }
        found.facts.pages = Some(n_pages);
        found.facts.picture_pages = Some(n_pictures).filter(|it| *it > 0);
        let more = if failed.len() > 1 { format!(" 等 {} 处", failed.len()) } else { String::new() };
        found.missing = failed.first().map(|it| format!("{it}{more}")).or(found.missing);
        Ok(found)
    }

    /// Reads a part and shows its marks; a part that is missing or broken is noted.
    fn marks(&mut self, part: &str, see: impl FnMut(Mark<'_>) -> Result<(), Trouble>) -> Result<(), Trouble> {
        let bytes = match self.package.part(part) {
            Ok(Some(bytes)) => bytes,
            Ok(None) | Err(Trouble::Corrupt(_)) => {
                self.failed.push(part.to_owned());
                return Ok(());
            }
            Err(other) => return Err(other),
        };
        if xml::marks(&xml::decode(&bytes), see)?.is_some() {
            self.failed.push(part.to_owned());
        }
        Ok(())
    }

    fn bodies(&mut self) -> Result<Vec<Body>, Trouble> {
        let (mut bodies, mut words, mut name) = (Vec::<Body>::new(), String::new(), None);
        self.marks("ofd.xml", |mark| {
            match mark {
                Mark::Open(tag) => {
                    words.clear();
                    match tag.name() {
                        "DocBody" => bodies.push(Body::default()),
                        "CustomData" => name = tag.get("Name"),
                        _ => {}
                    }
                }
                Mark::Words(more) => words.push_str(&more),
                Mark::Close(tag) => {
                    let Some(body) = bodies.last_mut() else { return Ok(()) };
                    let said = words.trim().to_owned();
                    match tag {
                        "DocRoot" => body.root = said,
                        "Signatures" => body.signatures = said,
                        "CustomData" => {
                            body.said.push((format!("{tag} {}", name.take().unwrap_or_default()), said));
                        }
                        "Title" => {
                            body.title = said.clone();
                            body.said.push((tag.into(), said));
                        }
                        "Author" | "Subject" | "Abstract" | "Keyword" | "CreationDate" | "ModDate"
                        | "Creator" => body.said.push((tag.into(), said)),
                        _ => {}
                    }
                    words.clear();
                }
            }
            Ok(())
        })?;
        bodies.retain(|it| !it.root.is_empty());
        Ok(bodies)
    }

    fn outline(&mut self, root: &str) -> Result<Outline, Trouble> {
        let (mut outline, mut words) = (Outline::default(), String::new());
        self.marks(root, |mark| {
            match mark {
                Mark::Open(tag) => {
                    words.clear();
                    let both = || {
                        let location = tag.get("BaseLoc").unwrap_or_default();
                        (tag.get("ID").unwrap_or_default(), location)
                    };
                    match tag.name() {
                        "Page" => outline.pages.push(both()),
                        "TemplatePage" => outline.templates.push(both()),
                        _ => {}
                    }
                }
                Mark::Words(more) => words.push_str(&more),
                Mark::Close("Annotations") => outline.annotations = words.trim().to_owned(),
                Mark::Close("Attachments") => outline.attachments = words.trim().to_owned(),
                Mark::Close(_) => {}
            }
            Ok(())
        })?;
        Ok(outline)
    }

    /// Finds the part meant: beside the part that names it, or from the top, as some writers mean it.
    fn located(&self, by: &str, location: &str) -> String {
        let near = beside(by, location);
        let far = beside("", location);
        let has = |part: &str| self.package.has(part);
        if !has(&near) && has(&far) { far } else { near }
    }

    fn document(&mut self, body: &Body) -> Result<(), Trouble> {
        let root = self.located("", &body.root);
        let outline = self.outline(&root)?;
        let notes = match outline.annotations.as_str() {
            "" => vec![],
            location => self.annotated(&self.located(&root, location))?,
        };
        for (id, location) in &outline.pages {
            self.text.section(None)?;
            self.n_pages += 1;
            let page = self.page(&self.located(&root, location), &root, &outline)?;
            let (mut pictures, words) = (page.pictures, page.words());
            let mut empty = words.trim().is_empty();
            self.text.push(&words)?;
            for part in notes.iter().filter(|it| it.0 == *id).map(|it| it.1.as_str()) {
                let note = self.content(part)?;
                // A stamp is drawn as a picture over the page; the words below it are what counts.
                pictures += note.pictures;
                let words = note.words();
                empty &= words.trim().is_empty();
                self.text.push(&words)?;
            }
            self.n_pictures += u32::from(empty && pictures > 0);
        }
        if !body.title.is_empty() && self.found.facts.title.is_none() {
            self.found.facts.title = Some(body.title.clone());
        }
        self.beyond_the_pages(body, &root, &outline)
    }

    /// Reads a page over its templates.
    fn page(&mut self, part: &str, root: &str, outline: &Outline) -> Result<Page, Trouble> {
        let mut page = self.content(part)?;
        for id in std::mem::take(&mut page.templates) {
            if let Some((_, location)) = outline.templates.iter().find(|it| it.0 == id) {
                page.lay_over(self.content(&self.located(root, location))?);
            }
            self.used.insert(id);
        }
        Ok(page)
    }

    fn content(&mut self, part: &str) -> Result<Page, Trouble> {
        let mut content = page::Content::default();
        self.marks(part, |mark| {
            content.see(&mark);
            Ok(())
        })?;
        Ok(content.page)
    }

    /// Returns the identifier of each annotated page with the part that holds its annotations.
    fn annotated(&mut self, part: &str) -> Result<Vec<(String, String)>, Trouble> {
        let (mut pages, mut words, mut id) = (Vec::new(), String::new(), String::new());
        self.marks(part, |mark| {
            match mark {
                Mark::Open(tag) => {
                    words.clear();
                    if tag.name() == "Page" {
                        id = tag.get("PageID").unwrap_or_default();
                    }
                }
                Mark::Words(more) => words.push_str(&more),
                Mark::Close("FileLoc") => pages.push((id.clone(), words.trim().to_owned())),
                Mark::Close(_) => {}
            }
            Ok(())
        })?;
        Ok(pages.into_iter().map(|(id, location)| (id, self.located(part, &location))).collect())
    }

    /// Returns the text of templates that lie below no page, which nobody sees.
    fn unused_templates(&mut self, root: &str, outline: &Outline) -> Result<Vec<String>, Trouble> {
        let mut texts = Vec::new();
        for (id, location) in &outline.templates {
            if !self.used.contains(id) {
                texts.push(self.content(&self.located(root, location))?.words());
            }
        }
        Ok(texts)
    }

    /// Sends what stands on no page: templates, what it says of itself, attachments by name, seals by number.
    fn beyond_the_pages(&mut self, body: &Body, root: &str, outline: &Outline) -> Result<(), Trouble> {
        let mut lines = self.unused_templates(root, outline)?;
        lines.extend(body.said.iter().map(|(name, value)| format!("{name}: {value}")));
        let files = self.attached(root, &outline.attachments)?;
        lines.extend(files.iter().map(|it| format!("内含文件: {}", it.0)));
        let (part, mut n) = (self.located("", &body.signatures), 0);
        // A list of seals that is not there is no loss of text.
        if self.package.has(&part) {
            self.marks(&part, |mark| {
                n += u32::from(matches!(mark, Mark::Open(tag) if tag.name() == "Signature"));
                Ok(())
            })?;
            lines.extend((n > 0).then(|| format!("电子签章: {n} 处")));
        }
        if !lines.is_empty() {
            self.text.section(Some("文档信息"))?;
            self.text.push(&lines.join("\n"))?;
        }
        let files = files.into_iter().filter_map(|(_, part)| {
            let bytes = self.package.part(&part).ok().flatten()?;
            Some((part, bytes))
        });
        let unread = embedded::read_all(files, self.text)?;
        self.found.missing = self.found.missing.take().or(unread);
        Ok(())
    }

    /// Returns the name of each file within with the part that holds it.
    fn attached(&mut self, root: &str, list: &str) -> Result<Vec<(String, String)>, Trouble> {
        let (mut files, mut words) = (Vec::<(String, String)>::new(), String::new());
        if list.is_empty() {
            return Ok(files);
        }
        let list = self.located(root, list);
        self.marks(&list, |mark| {
            match mark {
                Mark::Open(tag) => {
                    words.clear();
                    if tag.name() == "Attachment" {
                        files.push((tag.get("Name").unwrap_or_default(), String::new()));
                    }
                }
                Mark::Words(more) => words.push_str(&more),
                Mark::Close("FileLoc") => {
                    files.last_mut().into_iter().for_each(|it| words.trim().clone_into(&mut it.1));
                }
                Mark::Close(_) => {}
            }
            Ok(())
        })?;
        Ok(files.into_iter().map(|(name, location)| (name, self.located(&list, &location))).collect())
    }
}
